// What rules are judged by: a state of the database, and who does what when.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "catalog/catalog.h"
#include "daftar/rules.h"
#include "record/message.h"
#include "storage/reader.h"

namespace daftar::rules {

class PowerMemory;

// Lifetime: refers to what it was made of.
struct Context {
  const catalog::Catalog& catalog;
  // What the commit results in. What is read of it is what the judgement rests on.
  const storage::Reader& state;
  std::string_view actor = {};
  std::string_view reason = {};
  std::string_view decision = {};
  int32_t day = 0;                // of the commit, UTC, since 1970-01-01
  PowerMemory* powers = nullptr;  // what the state has answered already; null: not remembered
};

// What a commit makes of one record. Lifetime: refers to what it was made of.
struct Change {
  const catalog::TableDef& table;
  std::string_view key;                     // whole, as stored
  const record::Message* before = nullptr;  // null: there was none
  const record::Message* after = nullptr;   // null: there is none any more

  std::string_view primary_key() const;
};

using Report = absl::FunctionRef<void(RuleViolation)>;

}  // namespace daftar::rules
