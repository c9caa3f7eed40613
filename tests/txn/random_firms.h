// Random changes of a few firms, which gather versions.
#pragma once

#include <random>

#include "txn/core.h"

namespace daftar::testing {

// Commits up to three changes of firms "a" to "f": some touch no index entry, some leave entries as
// they are, some take them away and bring them back. Now and then one is refused.
void CommitRandomFirms(txn::Core* core, std::mt19937* random);

}  // namespace daftar::testing
