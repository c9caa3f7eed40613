#include "record/kj_fence.h"

namespace daftar::record {

std::string DescribeException(const kj::Exception& exception) {
  return std::string(exception.getDescription().cStr());
}

}  // namespace daftar::record
