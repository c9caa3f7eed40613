// The only fence for kj's exceptions: everything that may throw them runs inside Fenced().
#pragma once

#include <kj/exception.h>

#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status.h"

namespace daftar::record {

// "description" of an exception, with file and line where they are the user's schema file.
std::string DescribeException(const kj::Exception& exception);

// Calls `body`, which returns a Status or StatusOr, and turns a kj::Exception into a status of
// `code` with `text` and the cause.
template <typename Body>
auto Fenced(absl::StatusCode code, std::string_view text, Body&& body)
    -> std::invoke_result_t<Body> {
  try {
    return std::forward<Body>(body)();
  } catch (const kj::Exception& exception) {
    return Error(code, text).With("cause", DescribeException(exception));
  }
}

}  // namespace daftar::record
