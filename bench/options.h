// Options of benchmark programs: "--name=value", or "--name" for what is on or off.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace daftar::bench {

// Puts the value of an option called `name` into `value`; false when `argument` is another one. A
// value that is no number ends the program with a message.
bool Take(std::string_view argument, std::string_view name, uint64_t* value);
bool Take(std::string_view argument, std::string_view name, int* value);
bool Take(std::string_view argument, std::string_view name, double* value);
bool Take(std::string_view argument, std::string_view name, bool* value);
bool Take(std::string_view argument, std::string_view name, std::string* value);
bool Take(std::string_view argument, std::string_view name, std::filesystem::path* value);

// Gives each argument to `take`; one that it does not take ends the program with a message.
void ParseOptions(int argc, char** argv, const std::function<bool(std::string_view)>& take);

}  // namespace daftar::bench
