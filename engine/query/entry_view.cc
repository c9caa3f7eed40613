#include "query/entry_view.h"

#include <algorithm>

#include "base/status.h"
#include "codec/keyspace.h"
#include "index/entries.h"

namespace daftar::query {
namespace {

const std::vector<catalog::Term> kNoTerms;

}  // namespace

EntryView::Part EntryView::MakePart(EntrySlot::Part which,
                                    const std::vector<catalog::Term>& terms) const {
  Part part;
  part.terms = &terms;
  part.is_wanted.assign(terms.size(), false);
  part.values.resize(terms.size());
  for (const EntrySlot& slot : plan_.slots) {
    if (slot.part != which) continue;
    part.is_wanted[slot.position] = true;
    part.wanted_end = std::max(part.wanted_end, slot.position + 1);
  }
  return part;
}

EntryView::EntryView(const Plan& plan)
    : plan_(plan),
      tuple_(MakePart(EntrySlot::Part::kTuple, plan.index ? plan.index->on : kNoTerms)),
      key_(MakePart(EntrySlot::Part::kPrimaryKey, plan.query.table->key)),
      covered_(MakePart(EntrySlot::Part::kCovered, plan.index ? plan.index->covering : kNoTerms)),
      prefix_bytes_(plan.index ? codec::IndexPrefix(plan.index->id).size() : 0) {
  for (const EntrySlot& slot : plan.slots) columns_.push_back(ColumnOf(slot));
  for (const record::Condition& condition : plan.query.conditions) {
    if (plan.IsBounded(condition)) continue;
    const auto slot = plan.FindSlot(condition.path);
    if (slot.has_value()) checks_.push_back({&condition, *slot});
  }
}

void EntryView::Set(const EntryStream& stream) {
  is_decoded_ = false;
  stream_ = &stream;
  column_row_ = stream.column_row();
}

// As columns/stored_row.h has them.
size_t EntryView::ColumnOf(const EntrySlot& slot) const {
  const size_t before = slot.part == EntrySlot::Part::kTuple ? 0
                        : slot.part == EntrySlot::Part::kPrimaryKey
                            ? tuple_.terms->size()
                            : tuple_.terms->size() + key_.terms->size();
  return before + slot.position;
}

absl::Status EntryView::Decode() {
  if (is_decoded_) return absl::OkStatus();
  // Reads a part up to its last term that is wanted, or all of it.
  const auto take = [](Part* part, bool whole, std::string_view* bytes) -> absl::Status {
    const size_t end = whole ? part->terms->size() : part->wanted_end;
    for (size_t i = 0; i < end; ++i) {
      const codec::KeyPart& type = (*part->terms)[i].part;
      if (part->is_wanted[i]) {
        DAFTAR_RETURN_IF_ERROR(codec::TakePart(type, bytes, &part->values[i]));
      } else {
        DAFTAR_RETURN_IF_ERROR(codec::SkipPart(type, bytes));
      }
    }
    return absl::OkStatus();
  };
  std::string_view rest = stream_->key().substr(prefix_bytes_);
  const bool goes_on = key_.wanted_end > 0;
  DAFTAR_RETURN_IF_ERROR(take(&tuple_, goes_on, &rest));
  if (goes_on) {
    DAFTAR_RETURN_IF_ERROR(take(&key_, true, &rest));
    if (!rest.empty()) return DataLoss("index entry has extra bytes").WithBytes("at", rest);
  }
  if (covered_.wanted_end > 0) {
    DAFTAR_ASSIGN_OR_RETURN(index::EntryValue decoded, index::DecodeEntryValue(stream_->value()));
    DAFTAR_RETURN_IF_ERROR(take(&covered_, true, &decoded.covered));
    if (!decoded.covered.empty()) return DataLoss("index entry has extra covered bytes");
  }
  is_decoded_ = true;
  return absl::OkStatus();
}

const OwnedScalar& EntryView::ValueOf(const EntrySlot& slot) const {
  switch (slot.part) {
    case EntrySlot::Part::kTuple:
      return tuple_.values[slot.position];
    case EntrySlot::Part::kPrimaryKey:
      return key_.values[slot.position];
    case EntrySlot::Part::kCovered:
      break;
  }
  return covered_.values[slot.position];
}

absl::StatusOr<Scalar> EntryView::At(size_t slot) {
  if (column_row_ != nullptr)
    return column_row_->chunk->column(columns_[slot]).At(column_row_->row);
  DAFTAR_RETURN_IF_ERROR(Decode());
  return ToView(ValueOf(plan_.slots[slot]));
}

absl::StatusOr<bool> EntryView::MayMatch() {
  for (const Check& check : checks_) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, At(check.slot));
    if (!record::Meets(*check.condition, value)) return false;
  }
  return true;
}

absl::StatusOr<std::string_view> EntryView::PrimaryKey() {
  std::string_view rest = stream_->key().substr(prefix_bytes_);
  for (const catalog::Term& term : *tuple_.terms) {
    DAFTAR_RETURN_IF_ERROR(codec::SkipPart(term.part, &rest));
  }
  return rest;
}

}  // namespace daftar::query
