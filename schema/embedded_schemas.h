// The text of the schema files that every program may import: "/daftar/daftar.capnp",
// "/daftar/registry.capnp" and "/capnp/c++.capnp".
#pragma once

#include <string_view>

namespace daftar::schema {

std::string_view DaftarCapnp();
std::string_view RegistryCapnp();
std::string_view CxxCapnp();

}  // namespace daftar::schema
