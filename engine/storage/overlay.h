// A state with changes laid over it that are not written yet.
#pragma once

#include <memory>

#include "storage/pending_changes.h"
#include "storage/reader.h"

namespace daftar::storage {

// `base` as it will look with `changes`. Lifetime: shares both; `changes` must not change.
std::shared_ptr<const Reader> NewOverlayReader(std::shared_ptr<const Reader> base,
                                               std::shared_ptr<const PendingChanges> changes);

}  // namespace daftar::storage
