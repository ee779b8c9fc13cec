package io.carillon.master.core.delivery;

/** Fires for a subscriber. Who sends them says here how far that is. */
public final class Send {

  private final int subscriber;
  private final Fires fires;
  private int sent;

  Send(int subscriber, Fires fires) {
    this.subscriber = subscriber;
    this.fires = fires;
  }

  public int subscriber() {
    return subscriber;
  }

  public Fires fires() {
    return fires;
  }

  /** The first of the fires that has not been sent; their number if there is none. */
  public int unsent() {
    return sent;
  }

  /** Those before this row have been put on their way. */
  public void sentTo(int row) {
    sent = row;
  }

  public boolean isSent() {
    return sent == fires.size();
  }
}
