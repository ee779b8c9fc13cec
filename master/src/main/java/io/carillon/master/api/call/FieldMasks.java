package io.carillon.master.api.call;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which fields an update changes. */
public final class FieldMasks {

  private FieldMasks() {}

  /**
   * The fields to take from {@code resource}: those that the mask names, all of {@code allowed} for
   * "*", and for an empty mask those of {@code allowed} that are set.
   *
   * @param allowed names of top-level fields of the resource that an update may change
   * @return in the order of {@code allowed}
   * @throws ApiException (UNKNOWN_FIELD, of {@code update_mask}) if the mask names anything else
   */
  public static Set<String> paths(FieldMask mask, Message resource, List<String> allowed) {
    Set<String> paths = new LinkedHashSet<>();
    if (mask.getPathsCount() == 0) {
      for (String path : allowed) {
        if (isSet(resource, path)) {
          paths.add(path);
        }
      }
      return paths;
    }
    if (mask.getPathsList().equals(List.of("*"))) {
      paths.addAll(allowed);
      return paths;
    }
    for (String path : mask.getPathsList()) {
      if (!allowed.contains(path)) {
        throw ApiException.invalid(
            "update_mask",
            "UNKNOWN_FIELD",
            "\"" + path + "\" is not a field that an update can change: use " + list(allowed));
      }
    }
    for (String path : allowed) {
      if (mask.getPathsList().contains(path)) {
        paths.add(path);
      }
    }
    return paths;
  }

  private static boolean isSet(Message resource, String path) {
    FieldDescriptor field = resource.getDescriptorForType().findFieldByName(path);
    if (field == null) {
      throw new IllegalArgumentException(
          resource.getDescriptorForType().getFullName() + " has no field " + path);
    }
    return field.isRepeated()
        ? resource.getRepeatedFieldCount(field) > 0
        : resource.hasField(field);
  }

  private static String list(List<String> allowed) {
    return String.join(", ", allowed) + " or \"*\" alone";
  }
}
