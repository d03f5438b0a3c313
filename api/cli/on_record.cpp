#include "api/cli/on_record.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "api/cli/place.hpp"
#include "store/audit_inbox.hpp"

namespace mailhold::cli {
namespace {

std::string user_name(::uid_t uid) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 16 << 10> room{};
    if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) != 0 || found == nullptr)
        return std::to_string(uid);
    return found->pw_name;
}

}  // namespace

Status put_on_record(const Place& place, const std::filesystem::path& data,
                     store::Accessed::What what, std::string detail) {
    const auto config = place.data.empty() ? load_config(place) : Result<config::Config>();
    if (!config) return std::unexpected(config.error());
    if (config->audit.mode == store::Audit::Mode::off || config->audit.leave_out.contains(what))
        return {};
    const auto uid = ::getuid();
    const auto done = store::put_into_audit_inbox(data, {.time = {},
                                                         .user = "cli:" + user_name(uid),
                                                         .address = fmt::format("uid {}", uid),
                                                         .session = 0,
                                                         .what = what,
                                                         .mailbox = {},
                                                         .detail = std::move(detail),
                                                         .outcome = "ok"});
    if (done) return {};
    return fail(done.error().code,
                "not shown, as it cannot be put on record: " + done.error().text);
}

}  // namespace mailhold::cli
