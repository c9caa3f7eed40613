// MD5 (RFC 1321), with which expected results of sqllogictest are shortened.
#pragma once

#include <string>
#include <string_view>

namespace daftar::slt {

// Thirty-two hexadecimal digits.
std::string Md5(std::string_view bytes);

}  // namespace daftar::slt
