// Catch2 assertions on absl::Status and absl::StatusOr.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_templated.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// Matches a status by its exact code and a part of its message.
class StatusIs : public Catch::Matchers::MatcherGenericBase {
 public:
  StatusIs(absl::StatusCode code, std::string part) : code_(code), part_(std::move(part)) {}

  template <typename T>
  bool match(const T& result) const {
    const absl::Status& status = StatusOf(result);
    return status.code() == code_ && status.message().find(part_) != std::string_view::npos;
  }
  std::string describe() const override {
    return "is " + absl::StatusCodeToString(code_) + " with \"" + part_ + "\"";
  }

 private:
  absl::StatusCode code_;
  std::string part_;
};

}  // namespace daftar::testing

template <>
struct Catch::StringMaker<absl::Status> {
  static std::string convert(const absl::Status& status) { return status.ToString(); }
};
template <typename T>
struct Catch::StringMaker<absl::StatusOr<T>> {
  static std::string convert(const absl::StatusOr<T>& result) {
    return result.ok() ? "OK" : result.status().ToString();
  }
};

#define REQUIRE_OK(expression)                                     \
  do {                                                             \
    const auto& daftar_checked_ = (expression);                    \
    INFO(::daftar::testing::StatusOf(daftar_checked_).ToString()); \
    REQUIRE(::daftar::testing::StatusOf(daftar_checked_).ok());    \
  } while (false)

// Evaluates a StatusOr, requires it to be OK and moves its value into `lhs`.
#define REQUIRE_OK_AND_ASSIGN(lhs, expression) \
  REQUIRE_OK_AND_ASSIGN_IMPL(DAFTAR_TEST_CONCAT(daftar_test_result_, __LINE__), lhs, expression)
#define REQUIRE_OK_AND_ASSIGN_IMPL(result, lhs, expression) \
  auto result = (expression);                               \
  REQUIRE_OK(result);                                       \
  lhs = *std::move(result)
#define DAFTAR_TEST_CONCAT_INNER(a, b) a##b
#define DAFTAR_TEST_CONCAT(a, b) DAFTAR_TEST_CONCAT_INNER(a, b)
