// A comparison with the origins by the daemon that has the archive already.
#pragma once

#include "api/cli/options.hpp"
#include "api/config/config.hpp"
#include "store/base/error.hpp"
#include "store/facts.hpp"

namespace mailhold::cli {

// Asks the daemon over HTTP for each account of `config`, waits, and prints its reports. Its next poll begins them.
// Errc::locked where it has no HTTP. An account that the daemon cannot reach is an error; it is compared when it can.
Result<int> reconcile_beside(const config::Config& config, Output output);

// How the report of an account is printed, whoever made it.
void print_reconciled(const std::string& account, const store::Reconciled& report, Output output);

}  // namespace mailhold::cli
