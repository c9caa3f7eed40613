// Changes that are not written yet, and a state with them laid over it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "storage/reader.h"

namespace daftar::storage {

// What a key is to hold, and what it held in the state below.
struct PendingChange {
  std::optional<std::string> value;   // absent: nothing, the key is deleted
  std::optional<std::string> before;  // absent: nothing
  bool is_before_known = true;        // false: nobody has looked yet
};
using PendingChanges = std::map<std::string, PendingChange, std::less<>>;

// `base` as it will look with `changes`. Lifetime: shares both; `changes` must not change.
std::shared_ptr<const Reader> NewOverlayReader(std::shared_ptr<const Reader> base,
                                               std::shared_ptr<const PendingChanges> changes);

}  // namespace daftar::storage
