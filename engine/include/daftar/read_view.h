// A state of the database to read from.
#pragma once

#include <memory>
#include <utility>

#include "daftar/ids.h"

namespace daftar {

namespace internal {
struct ViewState;
struct DatabaseAccess;
struct TypedAccess;
}  // namespace internal

// A state of the database that does not change while it is held; writers are not held up.
// Cheap to copy. Lifetime: must end before its database. Thread safety: may be shared.
class ReadView {
 public:
  CommitVersion version() const;

 private:
  friend struct internal::DatabaseAccess;
  friend struct internal::TypedAccess;
  explicit ReadView(std::shared_ptr<const internal::ViewState> state) : state_(std::move(state)) {}
  std::shared_ptr<const internal::ViewState> state_;
};

}  // namespace daftar
