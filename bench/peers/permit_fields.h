// The five fields of the questions, out of a record.
#pragma once

#include "bench/permits.h"
#include "registry.capnp.h"

namespace daftar::bench {

inline std::string_view TextOf(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

inline void AddFields(registry::Permit::Reader permit, Digest* digest) {
  digest->Add(TextOf(permit.getNo()));
  digest->Add(TextOf(permit.getFirm()));
  digest->Add(static_cast<int64_t>(permit.getState()));
  digest->Add(int64_t{permit.getValidTo()});
  digest->Add(permit.getAreaSquareMetres());
  digest->EndRow();
}

}  // namespace daftar::bench
