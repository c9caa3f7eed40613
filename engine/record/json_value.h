// A JSON value in memory, as it was written: numbers keep their digits, objects their order.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace daftar::record {

// A number by its text in the grammar of RFC 8259, so that no digit is lost.
struct JsonNumber {
  std::string text;
  friend bool operator==(const JsonNumber&, const JsonNumber&) = default;
};

class JsonValue;
struct JsonMember;
using JsonArray = std::vector<JsonValue>;
// Members in the order of the text. A name may stand twice: what that means is the user's decision.
using JsonObject = std::vector<JsonMember>;

// Value type; a moved-from value is null. Copying, destroying and AppendJson call themselves once
// per level of nesting: whoever builds values keeps them below kJsonDepthMax levels, as ParseJson
// does.
inline constexpr size_t kJsonDepthMax = 512;

class JsonValue {
 public:
  JsonValue();  // null
  explicit JsonValue(bool v);
  explicit JsonValue(JsonNumber v);
  explicit JsonValue(std::string v);
  explicit JsonValue(std::string_view v);
  explicit JsonValue(const char* v);
  explicit JsonValue(JsonArray v);
  explicit JsonValue(JsonObject v);
  JsonValue(const JsonValue& other);
  JsonValue(JsonValue&& other) noexcept;
  JsonValue& operator=(const JsonValue& other);
  JsonValue& operator=(JsonValue&& other) noexcept;
  ~JsonValue();

  bool is_null() const;
  void SetNull();
  // The content when it has that kind, else null.
  const bool* as_bool() const;
  const JsonNumber* as_number() const;
  const std::string* as_string() const;
  const JsonArray* as_array() const;
  const JsonObject* as_object() const;
  std::string* as_string();
  JsonArray* as_array();
  JsonObject* as_object();

  // The first member called `name` when this is an object that has one, else null.
  const JsonValue* Find(std::string_view name) const;
  // "an object", "text", …, as messages say it.
  std::string_view KindName() const;

  friend bool operator==(const JsonValue& a, const JsonValue& b);

 private:
  std::variant<std::monostate, bool, JsonNumber, std::string, JsonArray, JsonObject> v_;
};

struct JsonMember {
  std::string name;
  JsonValue value;
  friend bool operator==(const JsonMember&, const JsonMember&) = default;
};

// Only here, where JsonMember is complete, can the variant be made.
inline JsonValue::JsonValue() = default;
inline bool JsonValue::is_null() const { return v_.index() == 0; }
inline const bool* JsonValue::as_bool() const { return std::get_if<bool>(&v_); }
inline const JsonNumber* JsonValue::as_number() const { return std::get_if<JsonNumber>(&v_); }
inline const std::string* JsonValue::as_string() const { return std::get_if<std::string>(&v_); }
inline const JsonArray* JsonValue::as_array() const { return std::get_if<JsonArray>(&v_); }
inline const JsonObject* JsonValue::as_object() const { return std::get_if<JsonObject>(&v_); }
inline std::string* JsonValue::as_string() { return std::get_if<std::string>(&v_); }
inline JsonArray* JsonValue::as_array() { return std::get_if<JsonArray>(&v_); }
inline JsonObject* JsonValue::as_object() { return std::get_if<JsonObject>(&v_); }
inline JsonValue::JsonValue(bool v) : v_(v) {}
inline JsonValue::JsonValue(JsonNumber v) : v_(std::move(v)) {}
inline JsonValue::JsonValue(std::string v) : v_(std::move(v)) {}
inline JsonValue::JsonValue(std::string_view v) : v_(std::string(v)) {}
inline JsonValue::JsonValue(const char* v) : v_(std::string(v)) {}
inline JsonValue::JsonValue(JsonArray v) : v_(std::move(v)) {}
inline JsonValue::JsonValue(JsonObject v) : v_(std::move(v)) {}
inline JsonValue::JsonValue(JsonValue&& other) noexcept
    : v_(std::exchange(other.v_, std::monostate())) {}
inline JsonValue& JsonValue::operator=(JsonValue&& other) noexcept {
  // Taken out first: `other` may be a part of this value.
  auto taken = std::exchange(other.v_, std::monostate());
  v_ = std::move(taken);
  return *this;
}
inline JsonValue::~JsonValue() = default;
inline void JsonValue::SetNull() { v_.emplace<std::monostate>(); }

// Appends `value` compactly: no spaces, numbers as they stand, text as AppendJsonString writes it.
void AppendJson(const JsonValue& value, std::string* out);

}  // namespace daftar::record
