// The parts of annotations that name paths. Internal to resolve*.cc.
#pragma once

#include <capnp/schema.h>

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"

namespace daftar::catalog {

inline std::string_view View(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

absl::Status CheckName(std::string_view name);

// Whether `what` names one path at least and kTermsMax at most.
absl::Status CheckCount(size_t count, std::string_view what);

// An element of a primary key, and of `covering`; that of `on` is ParseIndexTerm.
absl::StatusOr<Term> ParseKeyTerm(capnp::StructSchema schema, std::string_view text);
absl::StatusOr<Term> ParseCoveringTerm(capnp::StructSchema schema, std::string_view text);

// Whether the type is of integers or decimals that count something.
bool IsExactNumber(const record::FieldType& type);
// Errors: InvalidArgument when what the path leads to has no exact sum.
absl::Status CheckSummable(const record::FieldPath& path);

using TermParser = absl::StatusOr<Term> (*)(capnp::StructSchema, std::string_view);

// All of a list, in which no path may come twice.
absl::StatusOr<std::vector<Term>> ParseTerms(capnp::StructSchema schema,
                                             capnp::List<capnp::Text>::Reader texts,
                                             TermParser parse);

// The conditions of `where`, which may not go into lists.
absl::StatusOr<std::vector<record::Condition>> ParseWhere(capnp::StructSchema schema,
                                                          std::string_view text);

// Every path that fans out must walk through a beginning of the same chain of lists: then an entry
// is one element, and never a combination of elements of two lists.
absl::Status CheckFanOut(const IndexDef& index);

}  // namespace daftar::catalog
