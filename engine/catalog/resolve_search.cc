#include "catalog/resolve_search.h"

#include <algorithm>
#include <string>

#include "base/status.h"
#include "catalog/resolve_terms.h"
#include "names/name_keys.h"

namespace daftar::catalog {
namespace {

absl::Status CheckField(const record::FieldPath& path) {
  const bool is_json = path.type().meaning() == record::Meaning::kJson;
  if (path.type().type().isText() && !is_json) return absl::OkStatus();
  return InvalidArgument("only texts are searched")
      .With("path", path.text())
      .With("type", path.type().Name());
}

// Whether the day at `path` is one that each name at `field` has.
bool Dates(const record::FieldPath& path, const record::FieldPath& field) {
  return path.list_count() == field.list_count() &&
         (path.list_count() == 0 || path.SharesList(path.list_count() - 1, field));
}

absl::Status CheckDay(const SearchDef& search, const std::optional<record::FieldPath>& path) {
  if (!path.has_value()) return absl::OkStatus();
  if (path->type().meaning() != record::Meaning::kDate) {
    return InvalidArgument("`from` and `to` are dates")
        .With("path", path->text())
        .With("type", path->type().Name());
  }
  const bool any = std::any_of(search.fields.begin(), search.fields.end(),
                               [&](const record::FieldPath& field) { return Dates(*path, field); });
  if (any) return absl::OkStatus();
  return InvalidArgument("`from` and `to` stand beside a name, in the same list")
      .With("path", path->text());
}

absl::Status ParseDay(capnp::StructSchema schema, std::string_view text,
                      std::optional<record::FieldPath>* out) {
  if (text.empty()) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(*out, record::FieldPath::Parse(schema, text));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSearch(const SearchDef& search) {
  DAFTAR_RETURN_IF_ERROR(CheckCount(search.fields.size(), "`fields`"));
  for (size_t i = 0; i < search.fields.size(); ++i) {
    DAFTAR_RETURN_IF_ERROR(CheckField(search.fields[i]));
    for (size_t j = 0; j < i; ++j) {
      if (search.fields[i] == search.fields[j]) {
        return InvalidArgument("a path comes twice").With("path", search.fields[i].text());
      }
    }
  }
  DAFTAR_RETURN_IF_ERROR(CheckDay(search, search.from));
  return CheckDay(search, search.to);
}

absl::StatusOr<IndexDef> ResolveSearch(capnp::StructSchema schema, schema::Search::Reader source) {
  IndexDef index;
  index.name = std::string(View(source.getName()));
  DAFTAR_RETURN_IF_ERROR(CheckName(index.name));
  SearchDef search;
  for (auto text : source.getFields()) {
    DAFTAR_ASSIGN_OR_RETURN(search.fields.emplace_back(),
                            record::FieldPath::Parse(schema, View(text)));
  }
  DAFTAR_RETURN_IF_ERROR(ParseDay(schema, View(source.getFrom()), &search.from));
  DAFTAR_RETURN_IF_ERROR(ParseDay(schema, View(source.getTo()), &search.to));
  DAFTAR_RETURN_IF_ERROR(CheckSearch(search));
  search.keys_version = names::kNameKeysVersion;
  index.on = SearchTerms(search);
  index.search = std::move(search);
  DAFTAR_ASSIGN_OR_RETURN(index.where, ParseWhere(schema, View(source.getWhere())));
  return index;
}

}  // namespace daftar::catalog
