#include "audit/field_difference.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "record/json_codec.h"
#include "record/json_parser.h"

namespace daftar::audit {
namespace {

using record::JsonArray;
using record::JsonObject;
using record::JsonValue;

absl::StatusOr<JsonValue> ToJsonValue(const record::Message* message, Calendar calendar) {
  if (message == nullptr) return JsonValue(JsonObject());
  std::string text;
  DAFTAR_RETURN_IF_ERROR(record::AppendMessageJson(*message, &text, calendar));
  return record::ParseJson(text);
}

// Absent and null are the same: not set.
std::string Text(const JsonValue* value) {
  std::string text;
  if (value != nullptr && !value->is_null()) record::AppendJson(*value, &text);
  return text;
}

class Comparison {
 public:
  void Compare(const std::string& path, const JsonValue* before, const JsonValue* after) {
    const JsonObject* old_object = before == nullptr ? nullptr : before->as_object();
    const JsonObject* new_object = after == nullptr ? nullptr : after->as_object();
    if (old_object != nullptr && new_object != nullptr) {
      CompareObjects(path, *before, *after);
      return;
    }
    const JsonArray* old_array = before == nullptr ? nullptr : before->as_array();
    const JsonArray* new_array = after == nullptr ? nullptr : after->as_array();
    if (old_array != nullptr && new_array != nullptr) {
      const size_t size = std::max(old_array->size(), new_array->size());
      for (size_t i = 0; i < size; ++i) {
        Compare(absl::StrCat(path, "[", i, "]"), i < old_array->size() ? &(*old_array)[i] : nullptr,
                i < new_array->size() ? &(*new_array)[i] : nullptr);
      }
      return;
    }
    FieldDifference difference{path, Text(before), Text(after)};
    if (difference.before != difference.after) found_.push_back(std::move(difference));
  }

  std::vector<FieldDifference> Take() && { return std::move(found_); }

 private:
  void CompareObjects(const std::string& path, const JsonValue& before, const JsonValue& after) {
    const auto inside = [&](const std::string& name) {
      return path.empty() ? name : absl::StrCat(path, ".", name);
    };
    // Both have their members in the order of the fields: those that are gone come up before the
    // next one that both have.
    auto old_member = before.as_object()->begin();
    const auto end = before.as_object()->end();
    const auto pass_gone = [&](std::string_view until) {
      for (; old_member != end && old_member->name != until; ++old_member) {
        Compare(inside(old_member->name), &old_member->value, nullptr);
      }
    };
    for (const auto& member : *after.as_object()) {
      const JsonValue* value = before.Find(member.name);
      if (value != nullptr) {
        pass_gone(member.name);
        ++old_member;
      }
      Compare(inside(member.name), value, &member.value);
    }
    pass_gone("");
  }

  std::vector<FieldDifference> found_;
};

}  // namespace

absl::StatusOr<std::vector<FieldDifference>> FieldDifferences(const record::Message* before,
                                                              const record::Message* after,
                                                              Calendar calendar) {
  DAFTAR_ASSIGN_OR_RETURN(const JsonValue old_value, ToJsonValue(before, calendar));
  DAFTAR_ASSIGN_OR_RETURN(const JsonValue new_value, ToJsonValue(after, calendar));
  Comparison comparison;
  comparison.Compare("", &old_value, &new_value);
  return std::move(comparison).Take();
}

}  // namespace daftar::audit
