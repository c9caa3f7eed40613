#include "identifier/check_digits.h"

#include <catch2/catch_test_macros.hpp>
