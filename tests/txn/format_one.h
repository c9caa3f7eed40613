// What a library of format 1 would have left of a database.
#pragma once

#include <memory>

#include "storage/backend.h"
#include "storage/store.h"

namespace daftar::testing {

// `contents` of a database of today without journal, history and helper keys, and with a header of
// format 1.
Model ToFormatOne(Model contents);

// A store in memory that holds `contents`, without an anchor.
std::unique_ptr<storage::Store> StoreOf(const Model& contents);

}  // namespace daftar::testing
