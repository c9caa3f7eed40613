// What to say beside SQLite's own messages: what there is instead of what was not found.
#pragma once

#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace daftar::sql {

// "; did you mean=permit" or the like for a message of SQLite about `statement`; empty when there
// is nothing to add.
std::string HintFor(std::string_view message, std::string_view statement,
                    const catalog::Catalog& catalog);

// How many letters must be changed, added, dropped or exchanged with their neighbour to make `b` of
// `a`, whatever their case.
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace daftar::sql
