// Countries.
#pragma once

#include <string_view>

namespace daftar::identifier {

// Whether `code` is an alpha-2 code of ISO 3166-1 today, in upper case. Source: ICU's list, less
// the codes in it that ISO only keeps free (XK, IC and others).
bool IsCountry(std::string_view code);

}  // namespace daftar::identifier
