// When a transaction that was aborted is begun again.
#pragma once

namespace daftar::txn {

// Returns at once, unless so many attempts have failed one after the other that those which disturb
// each other had better go their ways for a moment.
void PauseAfter(int failed_attempts);

}  // namespace daftar::txn
