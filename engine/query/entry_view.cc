#include "query/entry_view.h"

#include <algorithm>

#include "base/status.h"
#include "index/entries.h"

namespace daftar::query {
namespace {

bool Asks(const Plan& plan, EntrySlot::Part part) {
  return std::any_of(plan.slots.begin(), plan.slots.end(),
                     [&](const EntrySlot& slot) { return slot.part == part; });
}

// Decodes or, when nobody asks, only walks over the terms.
absl::Status Take(const std::vector<catalog::Term>& terms, bool decode, std::string_view* bytes,
                  std::vector<OwnedScalar>* out) {
  for (const catalog::Term& term : terms) {
    if (!decode) {
      DAFTAR_RETURN_IF_ERROR(codec::SkipPart(term.part, bytes));
      continue;
    }
    DAFTAR_ASSIGN_OR_RETURN(OwnedScalar value, codec::TakePart(term.part, bytes));
    out->push_back(std::move(value));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<EntryView> EntryView::Decode(const Plan& plan, std::string_view key,
                                            std::string_view value) {
  EntryView view;
  DAFTAR_RETURN_IF_ERROR(
      Take(plan.index->on, Asks(plan, EntrySlot::Part::kTuple), &key, &view.tuple_));
  view.primary_key_ = key;
  if (Asks(plan, EntrySlot::Part::kPrimaryKey)) {
    DAFTAR_RETURN_IF_ERROR(Take(plan.query.table->key, true, &key, &view.primary_key_values_));
    if (!key.empty()) return DataLoss("index entry has extra bytes").WithBytes("at", key);
  }
  if (Asks(plan, EntrySlot::Part::kCovered)) {
    DAFTAR_ASSIGN_OR_RETURN(index::EntryValue decoded, index::DecodeEntryValue(value));
    DAFTAR_RETURN_IF_ERROR(Take(plan.index->covering, true, &decoded.covered, &view.covered_));
    if (!decoded.covered.empty()) return DataLoss("index entry has extra covered bytes");
  }
  return view;
}

const OwnedScalar* EntryView::Find(const Plan& plan, const record::FieldPath& path) const {
  for (const EntrySlot& slot : plan.slots) {
    if (!(slot.path == path)) continue;
    switch (slot.part) {
      case EntrySlot::Part::kTuple:
        return &tuple_[slot.position];
      case EntrySlot::Part::kPrimaryKey:
        return &primary_key_values_[slot.position];
      case EntrySlot::Part::kCovered:
        return &covered_[slot.position];
    }
  }
  return nullptr;
}

}  // namespace daftar::query
