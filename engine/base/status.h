// The one place where the engine's error statuses are made.
//
// A message is constant text followed by context: "record does not decode; table=7; key=0x01ff".
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace daftar {

// Builds a status: `return Error(absl::StatusCode::kDataLoss, "record does not decode")
//                          .With("table", id.value());`
class Error {
 public:
  Error(absl::StatusCode code, std::string_view text) : code_(code), message_(text) {}

  // Appends "; name=value". Values are anything absl::StrCat takes.
  template <typename T>
  Error&& With(std::string_view name, const T& value) && {
    absl::StrAppend(&message_, "; ", name, "=", value);
    return std::move(*this);
  }
  // Appends "; name=0x…" with the bytes in hexadecimal, cut after 64 bytes.
  Error&& WithBytes(std::string_view name, std::string_view bytes) &&;

  operator absl::Status() && { return absl::Status(code_, message_); }  // NOLINT: by design
  template <typename T>
  operator absl::StatusOr<T>() && {  // NOLINT: by design
    return absl::Status(code_, message_);
  }

 private:
  absl::StatusCode code_;
  std::string message_;
};

inline Error NotFound(std::string_view text) { return {absl::StatusCode::kNotFound, text}; }
inline Error AlreadyExists(std::string_view text) {
  return {absl::StatusCode::kAlreadyExists, text};
}
inline Error InvalidArgument(std::string_view text) {
  return {absl::StatusCode::kInvalidArgument, text};
}
inline Error FailedPrecondition(std::string_view text) {
  return {absl::StatusCode::kFailedPrecondition, text};
}
inline Error Aborted(std::string_view text) { return {absl::StatusCode::kAborted, text}; }
inline Error Unavailable(std::string_view text) { return {absl::StatusCode::kUnavailable, text}; }
inline Error ResourceExhausted(std::string_view text) {
  return {absl::StatusCode::kResourceExhausted, text};
}
inline Error DataLoss(std::string_view text) { return {absl::StatusCode::kDataLoss, text}; }
inline Error Internal(std::string_view text) { return {absl::StatusCode::kInternal, text}; }

// `status` with "; name=value" appended to its message; OK stays OK.
template <typename T>
absl::Status WithContext(const absl::Status& status, std::string_view name, const T& value) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(status.message(), "; ", name, "=", value));
}

}  // namespace daftar

#define DAFTAR_STATUS_CONCAT_INNER(a, b) a##b
#define DAFTAR_STATUS_CONCAT(a, b) DAFTAR_STATUS_CONCAT_INNER(a, b)

// Returns the status of `expression` from the enclosing function unless it is OK.
#define DAFTAR_RETURN_IF_ERROR(expression)                                  \
  do {                                                                      \
    if (absl::Status daftar_status_ = (expression); !daftar_status_.ok()) { \
      return daftar_status_;                                                \
    }                                                                       \
  } while (false)

// Evaluates a StatusOr and either returns its status or moves its value into `lhs`, which may
// declare a variable: DAFTAR_ASSIGN_OR_RETURN(Record record, table.Get(key));
#define DAFTAR_ASSIGN_OR_RETURN(lhs, expression) \
  DAFTAR_ASSIGN_OR_RETURN_IMPL(DAFTAR_STATUS_CONCAT(daftar_result_, __LINE__), lhs, expression)
#define DAFTAR_ASSIGN_OR_RETURN_IMPL(result, lhs, expression) \
  auto result = (expression);                                 \
  if (!result.ok()) return std::move(result).status();        \
  lhs = *std::move(result)
