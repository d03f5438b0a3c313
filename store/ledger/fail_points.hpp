// The named steps of a commit (store/base/fail_point.hpp), in the order they are passed, for tests
// that fail or kill at each. file.write, file.sync and file.rename of store/base lie between them.
#pragma once

#include <array>
#include <string_view>

namespace mailhold::store::ledger {

inline constexpr std::array<std::string_view, 11> fail_points{
    "segment.before_seal",  // the newest segment is full, nothing of the commit is written
    "checkpoint.before_write",
    "segment.after_seal",  // renamed, and no newer segment exists
    "ledger.before_append",
    "ledger.after_append",  // written, not synced
    "ledger.after_sync",    // durable, unknown to the catalog
    "catalog.before_apply",
    "catalog.after_apply",  // durable and visible, callers not yet told
    "file.write",
    "file.sync",
    "file.rename",
};

}  // namespace mailhold::store::ledger
