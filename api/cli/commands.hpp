// The subcommands, one file each. A command gives its exit code, or the error that ended it;
// Errc::invalid is a mistake of usage or configuration and ends with 2, everything else with 1.
#pragma once

#include "api/cli/options.hpp"
#include "store/base/error.hpp"

namespace mailhold::cli {

constexpr int success = 0;
constexpr int difference = 1;  // also: nothing found, or not everything could be done

Result<int> serve(const ServeOptions& options);
Result<int> sync(const SyncOptions& options);
Result<int> reconcile(const ReconcileOptions& options);
Result<int> status(const StatusOptions& options);
Result<int> report_completeness(const ReportOptions& options);
Result<int> audit(const AuditOptions& options);
Result<int> search(const SearchOptions& options);
Result<int> show(const ShowOptions& options);
Result<int> verify(const VerifyOptions& options);
Result<int> rebuild(const RebuildOptions& options);
Result<int> export_messages(const ExportOptions& options);
Result<int> import_files(const ImportOptions& options);
Result<int> trust(const TrustOptions& options);
Result<int> login(const LoginOptions& options);
Result<int> passwd(const PasswdOptions& options);
Result<int> config_command(const ConfigOptions& options);
Result<int> healthcheck(const HealthcheckOptions& options);

}  // namespace mailhold::cli
