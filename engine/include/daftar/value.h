// The values that fields, conditions and query results hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace daftar {

// Days since 1970-01-01 in the proleptic Gregorian calendar.
struct Date {
  int32_t days = 0;
  friend auto operator<=>(const Date&, const Date&) = default;
};

// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
struct Instant {
  int64_t micros = 0;
  friend auto operator<=>(const Instant&, const Instant&) = default;
};

// The exact number unscaled / 10^scale.
struct Decimal {
  int64_t unscaled = 0;
  uint8_t scale = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// The name of an enumerant; `ordinal` is what is stored and what orders it.
struct Enumerant {
  uint16_t ordinal = 0;
  std::string name;
  friend bool operator==(const Enumerant& a, const Enumerant& b) { return a.ordinal == b.ordinal; }
};

// Raw bytes, where std::string is text.
struct Blob {
  std::string bytes;
  friend bool operator==(const Blob&, const Blob&) = default;
};

// One value, null included. Copies are independent of the record they came from.
// Null, zero and the empty text are three different values.
class Value {
 public:
  using Variant = std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string, Blob,
                               Enumerant, Date, Instant, Decimal>;

  Value() = default;  // null
  static Value Null() { return Value(); }
  Value(bool v) : v_(v) {}                           // NOLINT: converting by design
  Value(int v) : v_(static_cast<int64_t>(v)) {}      // NOLINT
  Value(int64_t v) : v_(v) {}                        // NOLINT
  Value(uint64_t v) : v_(v) {}                       // NOLINT
  Value(double v) : v_(v) {}                         // NOLINT
  Value(std::string v) : v_(std::move(v)) {}         // NOLINT
  Value(std::string_view v) : v_(std::string(v)) {}  // NOLINT
  Value(const char* v) : v_(std::string(v)) {}       // NOLINT
  Value(Blob v) : v_(std::move(v)) {}                // NOLINT
  Value(Enumerant v) : v_(std::move(v)) {}           // NOLINT
  Value(Date v) : v_(v) {}                           // NOLINT
  Value(Instant v) : v_(v) {}                        // NOLINT
  Value(Decimal v) : v_(v) {}                        // NOLINT

  bool is_null() const { return std::holds_alternative<std::monostate>(v_); }
  template <typename T>
  const T* get_if() const {
    return std::get_if<T>(&v_);
  }
  const Variant& variant() const { return v_; }

  // How a person reads the value: null as "", dates as YYYY-MM-DD, data as lower-case hex.
  std::string ToString() const;
  // The value as one JSON token: integers and decimals exact, data as base64.
  std::string ToJson() const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  Variant v_;
};

}  // namespace daftar
