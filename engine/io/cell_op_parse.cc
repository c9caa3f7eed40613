#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "io/cell_op_factory.h"

namespace daftar::io {
namespace {

using Maker = absl::StatusOr<CellOp> (*)(const Spec&);

struct NamedMaker {
  std::string_view name;
  Maker maker;
};

constexpr std::array kMakers = {
    NamedMaker{"trim", &MakeTrim},
    NamedMaker{"null_if", &MakeNullIf},
    NamedMaker{"strip_prefix", &MakeStripPrefix},
    NamedMaker{"strip_suffix", &MakeStripSuffix},
    NamedMaker{"lower", &MakeLower},
    NamedMaker{"upper", &MakeUpper},
    NamedMaker{"replace", &MakeReplace},
    NamedMaker{"pad", &MakePad},
    NamedMaker{"latin_digits", &MakeLatinDigits},
    NamedMaker{"split", &MakeSplit},
    NamedMaker{"join", &MakeJoin},
    NamedMaker{"at", &MakeAt},
    NamedMaker{"parse", &MakeParse},
    NamedMaker{"take", &MakeTake},
    NamedMaker{"default", &MakeDefault},
    NamedMaker{"json", &MakeJson},
    NamedMaker{"date", &MakeDate},
    NamedMaker{"multiply", &MakeMultiply},
    NamedMaker{"units", &MakeUnits},
    NamedMaker{"coordinates", &MakeCoordinates},
};

absl::Status UnknownOperation(const Spec& spec) {
  std::string known = "lookup, otherwise, then";
  for (const NamedMaker& maker : kMakers) absl::StrAppend(&known, ", ", maker.name);
  return spec.Wrong(absl::StrCat("unknown operation; known are ", known));
}

absl::StatusOr<Otherwise> ParseOtherwise(const Spec& spec) {
  if (spec.value().as_object() != nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(const auto members, spec.Members());
    if (members.size() == 1 && members[0].first == "value") {
      return Otherwise{Otherwise::Kind::kValue, members[0].second.value()};
    }
  }
  const std::string* text = spec.value().as_string();
  if (text != nullptr && *text == "error") return Otherwise{Otherwise::Kind::kError, {}};
  if (text != nullptr && *text == "null") return Otherwise{Otherwise::Kind::kNull, {}};
  if (text != nullptr && *text == "keep") return Otherwise{Otherwise::Kind::kKeep, {}};
  return spec.Wrong("it must be \"error\", \"null\", \"keep\" or {\"value\": …}");
}

absl::Status AppendOps(const std::vector<std::pair<std::string, Spec>>& members,
                       const LookupTables& lookups, std::vector<CellOp>* ops);

absl::Status AppendThen(const Spec& spec, const LookupTables& lookups, std::vector<CellOp>* ops) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Spec> elements, spec.Elements());
  for (const Spec& element : elements) {
    DAFTAR_ASSIGN_OR_RETURN(const auto members, element.Members());
    DAFTAR_RETURN_IF_ERROR(AppendOps(members, lookups, ops));
  }
  return absl::OkStatus();
}

absl::Status AppendOps(const std::vector<std::pair<std::string, Spec>>& members,
                       const LookupTables& lookups, std::vector<CellOp>* ops) {
  const CellOp* previous = nullptr;
  for (const auto& member : members) {
    const std::string& name = member.first;
    const Spec& spec = member.second;
    if (name == "otherwise") {
      if (previous == nullptr || previous != &ops->back() || !previous->fallible()) {
        return spec.Wrong("it must follow an operation that can refuse a value, such as lookup");
      }
      DAFTAR_ASSIGN_OR_RETURN(Otherwise otherwise, ParseOtherwise(spec));
      ops->back().set_otherwise(std::move(otherwise));
      previous = nullptr;
      continue;
    }
    if (name == "then") {
      DAFTAR_RETURN_IF_ERROR(AppendThen(spec, lookups, ops));
      previous = nullptr;
      continue;
    }
    const auto maker = std::find_if(kMakers.begin(), kMakers.end(),
                                    [&name](const NamedMaker& m) { return m.name == name; });
    if (maker == kMakers.end() && name != "lookup") return UnknownOperation(spec);
    DAFTAR_ASSIGN_OR_RETURN(CellOp op,
                            name == "lookup" ? MakeLookup(spec, lookups) : maker->maker(spec));
    ops->push_back(std::move(op));
    previous = &ops->back();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<CellOp>> ParseCellOps(
    const std::vector<std::pair<std::string, Spec>>& members, const LookupTables& lookups) {
  std::vector<CellOp> ops;
  DAFTAR_RETURN_IF_ERROR(AppendOps(members, lookups, &ops));
  return ops;
}

}  // namespace daftar::io
