// mailhold serve: the daemon in the foreground, and the signals that rule it.
#include <fmt/format.h>
#include <signal.h>

#include <cstdio>
#include <sstream>

#include "api/cli/commands.hpp"
#include "api/cli/daemon.hpp"
#include "api/cli/notify.hpp"
#include "api/cli/place.hpp"
#include "api/cli/quickstart.hpp"
#include "store/base/log.hpp"

namespace mailhold::cli {
namespace {

// Blocked before the first thread starts, so that only wait() ever gets them.
class Signals {
  public:
    Signals() {
        sigemptyset(&set_);
        for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
        ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        ::signal(SIGPIPE, SIG_IGN);
    }
    int wait() const {
        int signal = 0;
        ::sigwait(&set_, &signal);
        return signal;
    }

  private:
    sigset_t set_{};
};

struct Start {
    config::Config config;
    Place place;  // where a reload finds the configuration again
    std::string new_password;
};

Result<Start> prepare(const ServeOptions& options) {
    if (options.url.empty()) {
        if (!options.place.data.empty())
            return fail(
                Errc::invalid,
                "--data goes with a URL (the quick start); a configuration names its own data");
        auto file = config_file(options.place);
        if (!file) return std::unexpected(file.error());
        Place place{.config = *file, .data = {}};
        auto config = load_config(place);
        if (!config) return std::unexpected(config.error());
        return Start{std::move(*config), place, {}};
    }
    if (!options.place.config.empty())
        return fail(Errc::invalid,
                    "give a URL or --config, not both: a configuration names its accounts itself");
    if (options.place.data.empty())
        return fail(Errc::invalid, "give the archive's folder too: --data DIR");
    auto quick =
        quick_start(options.url, std::filesystem::absolute(options.place.data).lexically_normal());
    if (!quick) return std::unexpected(quick.error());
    return Start{std::move(quick->config), Place{.config = quick->file, .data = {}},
                 std::move(quick->new_password)};
}

void print_start(const Daemon& daemon, const Start& start) {
    for (const auto& endpoint : daemon.endpoints()) fmt::print("{}\n", endpoint);
    fmt::print("certificate SHA-256 {}\n", daemon.certificate_fingerprint());
    if (!start.new_password.empty()) {
        fmt::print(
            "\nConnect with any mail program (IMAP, the server's name is localhost):\n"
            "  user      {}\n  password  {}\n"
            "The password is shown this once; its hash is in {}, the configuration that every\n"
            "command takes with --config. The origin's password is kept nowhere: each start takes\n"
            "it from MAILHOLD_PASSWORD, or asks.\n",
            start.config.users[0].name, start.new_password, start.place.config.string());
    }
    std::fflush(stdout);
}

void reload(Daemon& daemon, const Place& place) {
    notify_service_manager("RELOADING=1");
    auto config = load_config(place);
    auto reloaded = config ? daemon.reload(std::move(*config)) : std::unexpected(config.error());
    if (!reloaded) {
        std::istringstream lines(reloaded.error().text);
        for (std::string line; std::getline(lines, line);)
            log::error("reload.refused", {{"problem", line}});
    }
    notify_service_manager("READY=1");
}

}  // namespace

Result<int> serve(const ServeOptions& options) {
    auto start = prepare(options);
    if (!start) return std::unexpected(start.error());
    log::configure(start->config.log.level);
    Signals signals;
    auto daemon = Daemon::start(start->config);
    if (!daemon) return std::unexpected(daemon.error());
    print_start(**daemon, *start);
    start->new_password.clear();
    log::info("serve.ready", {{"data", start->config.data.string()}});
    notify_service_manager("READY=1");
    while (signals.wait() == SIGHUP) reload(**daemon, start->place);
    notify_service_manager("STOPPING=1");
    log::info("serve.stopping");
    daemon->reset();
    log::info("serve.stopped");
    return success;
}

}  // namespace mailhold::cli
