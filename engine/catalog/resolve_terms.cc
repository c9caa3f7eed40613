#include "catalog/resolve_terms.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "catalog/resolve.h"

namespace daftar::catalog {
namespace {

// A term's words after the path.
struct TermWords {
  std::string_view path;
  bool descending = false;
  codec::Nulls nulls = codec::Nulls::kNever;  // kNever: not said
};

absl::StatusOr<TermWords> SplitTerm(std::string_view text) {
  const std::vector<std::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (words.empty()) return InvalidArgument("a path is missing");
  TermWords term{words[0]};
  size_t i = 1;
  if (i < words.size() && (words[i] == "asc" || words[i] == "desc")) {
    term.descending = words[i++] == "desc";
  }
  if (i + 1 < words.size() && words[i] == "nulls" &&
      (words[i + 1] == "first" || words[i + 1] == "last")) {
    term.nulls = words[i + 1] == "first" ? codec::Nulls::kFirst : codec::Nulls::kLast;
    i += 2;
  }
  if (i != words.size()) {
    return InvalidArgument("after a path comes [asc|desc] [nulls first|nulls last]")
        .With("text", absl::StrCat("'", text, "'"));
  }
  return term;
}

absl::StatusOr<record::FieldPath> ParseKeyable(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, record::FieldPath::Parse(schema, text));
  if (path.type().meaning() == record::Meaning::kJson) {
    return InvalidArgument("a $json field has no order").With("path", text);
  }
  return path;
}

}  // namespace

absl::Status CheckName(std::string_view name) {
  const auto refuse = [&](std::string_view cause) {
    return InvalidArgument(cause).With("name", absl::StrCat("'", name, "'"));
  };
  if (name.empty()) return refuse("a name is missing");
  if (name.size() > kNameBytesMax) return refuse("the name is longer than 64 bytes");
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  if (!std::all_of(name.begin(), name.end(), fits) ||
      std::isalpha(static_cast<unsigned char>(name.front())) == 0) {
    return refuse("a name is letters, digits and underscores, starting with a letter");
  }
  return absl::OkStatus();
}

absl::Status CheckCount(size_t count, std::string_view what) {
  if (count == 0) return InvalidArgument(absl::StrCat(what, " names no path"));
  if (count > kTermsMax) {
    return InvalidArgument(absl::StrCat(what, " names too many paths"))
        .With("paths", count)
        .With("limit", kTermsMax);
  }
  return absl::OkStatus();
}

absl::StatusOr<Term> ParseKeyTerm(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(const TermWords words, SplitTerm(text));
  if (words.nulls != codec::Nulls::kNever) {
    return InvalidArgument("a key is never null; leave 'nulls' out").With("path", words.path);
  }
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseKeyable(schema, words.path));
  if (path.fans_out())
    return InvalidArgument("a key cannot go into a list").With("path", words.path);
  if (path.in_union()) {
    return InvalidArgument("a key cannot be optional or in a union").With("path", words.path);
  }
  Term term{std::move(path), {}};
  term.part.type = term.path.type().key_type();
  term.part.direction =
      words.descending ? codec::Direction::kDescending : codec::Direction::kAscending;
  term.part.nulls = codec::Nulls::kNever;
  return term;
}

absl::StatusOr<Term> ParseCoveringTerm(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, record::FieldPath::Parse(schema, text));
  if (path.fans_out()) {
    return InvalidArgument("a covered path cannot go into a list").With("path", text);
  }
  Term term{std::move(path), {}};
  term.part.type = term.path.type().key_type();
  term.part.nulls = term.path.nullable() ? codec::Nulls::kFirst : codec::Nulls::kNever;
  return term;
}

absl::StatusOr<Term> ParseIndexTerm(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(const TermWords words, SplitTerm(text));
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseKeyable(schema, words.path));
  Term term{std::move(path), {}};
  term.part.type = term.path.type().key_type();
  term.part.direction =
      words.descending ? codec::Direction::kDescending : codec::Direction::kAscending;
  if (!term.path.nullable()) {
    if (words.nulls != codec::Nulls::kNever) {
      return InvalidArgument("the field is never null; leave 'nulls' out").With("path", words.path);
    }
    term.part.nulls = codec::Nulls::kNever;
  } else if (words.nulls != codec::Nulls::kNever) {
    term.part.nulls = words.nulls;
  } else {
    term.part.nulls = words.descending ? codec::Nulls::kLast : codec::Nulls::kFirst;
  }
  return term;
}

bool IsExactNumber(const record::FieldType& type) {
  const record::Meaning meaning = type.meaning();
  if (meaning != record::Meaning::kPlain && meaning != record::Meaning::kDecimal) return false;
  if (type.type().isEnum()) return false;
  switch (type.key_type()) {
    case codec::KeyType::kInt8:
    case codec::KeyType::kInt16:
    case codec::KeyType::kInt32:
    case codec::KeyType::kInt64:
    case codec::KeyType::kUInt8:
    case codec::KeyType::kUInt16:
    case codec::KeyType::kUInt32:
    case codec::KeyType::kUInt64:
      return true;
    default:
      return false;
  }
}

absl::Status CheckSummable(const record::FieldPath& path) {
  if (IsExactNumber(path.type())) return absl::OkStatus();
  return InvalidArgument("only integers and decimals have an exact sum")
      .With("path", path.text())
      .With("type", path.type().Name());
}

absl::StatusOr<std::vector<Term>> ParseTerms(capnp::StructSchema schema,
                                             capnp::List<capnp::Text>::Reader texts,
                                             TermParser parse) {
  std::vector<Term> terms;
  for (auto text : texts) {
    DAFTAR_ASSIGN_OR_RETURN(Term term, parse(schema, View(text)));
    for (const Term& other : terms) {
      if (other.path == term.path) {
        return InvalidArgument("a path comes twice").With("path", View(text));
      }
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

absl::StatusOr<std::vector<record::Condition>> ParseWhere(capnp::StructSchema schema,
                                                          std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(std::vector<record::Condition> where,
                          record::ParseConditions(schema, text));
  for (const record::Condition& condition : where) {
    if (condition.path.fans_out()) {
      return InvalidArgument("`where` cannot go into a list").With("path", condition.path.text());
    }
  }
  return where;
}

absl::Status CheckFanOut(const IndexDef& index) {
  if (!index.fans_out()) return absl::OkStatus();
  const record::FieldPath& longest = index.longest_fan_out();
  for (const Term& term : index.on) {
    const size_t lists = term.path.list_count();
    if (lists > 0 && !term.path.SharesList(lists - 1, longest)) {
      return InvalidArgument("an index cannot go into two lists; declare two indexes")
          .With("path", term.path.text())
          .With("other", longest.text());
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::catalog
