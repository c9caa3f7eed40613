#include <algorithm>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "base/utf8.h"
#include "io/cell_op_factory.h"
#include "io/text_pattern.h"
#include "record/json_parser.h"

namespace daftar::io {
namespace {

using record::JsonArray;
using record::JsonObject;
using record::JsonValue;

JsonArray SplitCharacters(std::string_view text) {
  JsonArray parts;
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    NextCharacter(text, &i);
    parts.emplace_back(text.substr(start, i - start));
  }
  return parts;
}

absl::Status TakePart(const std::string& name, JsonValue* value) {
  if (value->is_null()) return absl::OkStatus();
  if (JsonArray* array = value->as_array()) {
    for (JsonValue& element : *array) DAFTAR_RETURN_IF_ERROR(TakePart(name, &element));
    return absl::OkStatus();
  }
  if (value->as_object() == nullptr) {
    return InvalidArgument("the value has no parts to take")
        .With("value", TextOf(*value).value_or(""))
        .With("part", name);
  }
  const JsonValue* part = value->Find(name);
  JsonValue taken = part == nullptr ? JsonValue() : *part;
  *value = std::move(taken);
  return absl::OkStatus();
}

absl::Status ParseText(const std::vector<TextPattern>& patterns, const std::string& text,
                       JsonValue* value) {
  for (const TextPattern& pattern : patterns) {
    const auto parts = MatchTextPattern(pattern, text);
    if (!parts) continue;
    JsonObject members;
    for (size_t i = 0; i < parts->size(); ++i) {
      members.push_back({pattern.names[i], JsonValue((*parts)[i])});
    }
    *value = JsonValue(std::move(members));
    return absl::OkStatus();
  }
  return InvalidArgument("value has none of the forms in \"parse\"").With("value", text);
}

}  // namespace

absl::StatusOr<CellOp> MakeSplit(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string separator, argument.Text());
  return CellOp::OnValue([separator](JsonValue* value) -> absl::Status {
    if (value->is_null()) return absl::OkStatus();
    const std::optional<std::string> text = TextOf(*value);
    if (!text) return InvalidArgument("only text can be split").With("value", value->KindName());
    JsonArray parts;
    if (separator.empty()) {
      parts = SplitCharacters(*text);
    } else if (!text->empty()) {
      for (std::string_view part : absl::StrSplit(*text, separator)) parts.emplace_back(part);
    }
    *value = JsonValue(std::move(parts));
    return absl::OkStatus();
  });
}

absl::StatusOr<CellOp> MakeJoin(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string separator, argument.Text());
  return CellOp::OnValue([separator](JsonValue* value) -> absl::Status {
    const JsonArray* array = value->as_array();
    if (array == nullptr) return absl::OkStatus();
    std::vector<std::string> texts;
    for (const JsonValue& element : *array) {
      if (element.is_null()) continue;
      std::optional<std::string> text = TextOf(element);
      if (!text)
        return InvalidArgument("only texts can be joined").With("value", element.KindName());
      texts.push_back(*std::move(text));
    }
    *value = texts.empty() ? JsonValue() : JsonValue(absl::StrJoin(texts, separator));
    return absl::OkStatus();
  });
}

absl::StatusOr<CellOp> MakeAt(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const int64_t index, argument.Integer());
  return CellOp::OnValue([index](JsonValue* value) {
    JsonArray* array = value->as_array();
    // A value that is not a list is a list of one.
    const auto size = array != nullptr ? static_cast<int64_t>(array->size()) : 1;
    const int64_t from_start = index < 0 ? size + index : index;
    if (from_start < 0 || from_start >= size) {
      *value = JsonValue();
    } else if (array != nullptr) {
      *value = std::move((*array)[static_cast<size_t>(from_start)]);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<CellOp> MakeParse(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> texts, argument.Texts());
  if (texts.empty()) return argument.Wrong("a pattern is needed");
  std::vector<TextPattern> patterns;
  for (const std::string& text : texts) {
    absl::StatusOr<TextPattern> pattern = ParseTextPattern(text);
    if (!pattern.ok()) return argument.Wrong(pattern.status().message());
    if (pattern->names.empty()) return argument.Wrong("a pattern needs a {name}");
    for (size_t i = 1; i < pattern->names.size(); ++i) {
      if (pattern->literals[i].empty()) {
        return argument.Wrong("text must stand between two names of a pattern");
      }
      const auto begin = pattern->names.begin();
      if (std::find(begin, begin + static_cast<std::ptrdiff_t>(i), pattern->names[i]) !=
          begin + static_cast<std::ptrdiff_t>(i)) {
        return argument.Wrong("a name stands twice in a pattern");
      }
    }
    patterns.push_back(*std::move(pattern));
  }
  return CellOp::OnText(
      [patterns = std::move(patterns)](std::string* text, JsonValue* value) {
        return ParseText(patterns, *text, value);
      },
      true);
}

absl::StatusOr<CellOp> MakeTake(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string name, argument.Text());
  return CellOp::OnValue([name](JsonValue* value) { return TakePart(name, value); });
}

absl::StatusOr<CellOp> MakeDefault(const Spec& argument) {
  return CellOp::OnValue([fallback = argument.value()](JsonValue* value) {
    if (value->is_null()) *value = fallback;
    if (JsonArray* array = value->as_array()) {
      for (JsonValue& element : *array) {
        if (element.is_null()) element = fallback;
      }
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<CellOp> MakeJson(const Spec& argument) {
  DAFTAR_RETURN_IF_ERROR(argument.True());
  return CellOp::OnText(
      [](std::string* text, JsonValue* value) -> absl::Status {
        absl::StatusOr<JsonValue> parsed = record::ParseJson(*text);
        if (!parsed.ok()) return WithContext(parsed.status(), "value", *text);
        *value = *std::move(parsed);
        return absl::OkStatus();
      },
      true);
}

}  // namespace daftar::io
