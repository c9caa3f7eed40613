// Assertions about our own invariants. Never used on anything read from disk or given by a caller:
// that is a Status.
#pragma once

#include <sstream>
#include <string>
#include <string_view>

namespace daftar::base_internal {

// Prints the failed condition with its place and ends the process.
[[noreturn]] void CheckFailed(const char* file, int line, std::string_view condition,
                              std::string_view values);

template <typename A, typename B>
std::string CheckValues(const A& a, const B& b) {
  std::ostringstream out;
  out << a << " vs. " << b;
  return out.str();
}

}  // namespace daftar::base_internal

// Ends the process when `condition` is false, in every build.
#define DAFTAR_CHECK(condition)                                                 \
  do {                                                                          \
    if (!(condition)) [[unlikely]] {                                            \
      ::daftar::base_internal::CheckFailed(__FILE__, __LINE__, #condition, ""); \
    }                                                                           \
  } while (false)

#define DAFTAR_CHECK_OP(a, op, b)                                                       \
  do {                                                                                  \
    if (!((a)op(b))) [[unlikely]] {                                                     \
      ::daftar::base_internal::CheckFailed(__FILE__, __LINE__, #a " " #op " " #b,       \
                                           ::daftar::base_internal::CheckValues(a, b)); \
    }                                                                                   \
  } while (false)
#define DAFTAR_CHECK_EQ(a, b) DAFTAR_CHECK_OP(a, ==, b)
#define DAFTAR_CHECK_LE(a, b) DAFTAR_CHECK_OP(a, <=, b)
#define DAFTAR_CHECK_LT(a, b) DAFTAR_CHECK_OP(a, <, b)

// As DAFTAR_CHECK, for conditions too costly for release builds.
#ifdef NDEBUG
#define DAFTAR_DCHECK(condition) static_cast<void>(0)
#else
#define DAFTAR_DCHECK(condition) DAFTAR_CHECK(condition)
#endif
