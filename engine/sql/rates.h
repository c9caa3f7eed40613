// The table of exchange rates that a connection converts money by.
//
// Any table of the schema with these fields is one; docs/schema.md:
//   currency  text     one unit of it, or `per` units,
//   quote     text     costs in this currency
//   day       date     from this day on until the next that is stated
//   rate      decimal  so much
//   per       integer  optional: 1 where it is not set or there is no such field
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/value.h"
#include "sql/session.h"

namespace daftar::sql {

struct Rate {
  Decimal rate;
  int64_t per = 1;
  Date day;
  bool inverse = false;  // it states what the other currency costs
};

// The latest rate at or before `day` in the state that the session reads; that of `from` in `to`,
// else that of `to` in `from`. Nothing: there is none. Errors: InvalidArgument when the table is
// not there or lacks a field; those of reading.
absl::StatusOr<std::optional<Rate>> FindRate(Session* session, std::string_view from,
                                             std::string_view to, Date day);

}  // namespace daftar::sql
