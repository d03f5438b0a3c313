// A file is written under another name and renamed, so that what is found there is whole. Its name begins with the time.
#include "store/audit_inbox.hpp"

#include <fmt/format.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "store/audit.hpp"
#include "store/base/fail_point.hpp"
#include "store/base/file.hpp"
#include "store/base/folder.hpp"
#include "store/base/log.hpp"
#include "store/ledger/fact_codec.hpp"

namespace mailhold::store {
namespace {

namespace fs = std::filesystem;

constexpr char ending[] = ".access";
constexpr std::chrono::milliseconds between_looks{500};
constexpr std::size_t together = 1'000;    // records of one commit
constexpr std::size_t largest = 64 << 10;  // octets of one: what bound() leaves, and more

fs::path inbox_of(const fs::path& data) {
    return data / "audit-inbox";
}

// While it lives, the thread's files are those of the archive's owner where root runs a command:
// what is made belongs to who must take it, and no link of his leads root where he may not write.
class AsOwner {
  public:
    explicit AsOwner(const fs::path& data) {
        struct stat owner{};
        if (::geteuid() != 0 || ::stat(data.c_str(), &owner) != 0) return;
        ::setfsgid(owner.st_gid);
        ::setfsuid(owner.st_uid);
        // It fails silently; an impossible id changes nothing and tells which it is.
        is_owner_ = static_cast<::uid_t>(::setfsuid(::uid_t(-1))) == owner.st_uid;
    }
    ~AsOwner() {
        ::setfsuid(::geteuid());
        ::setfsgid(::getegid());
    }
    AsOwner(const AsOwner&) = delete;
    AsOwner& operator=(const AsOwner&) = delete;
    bool is_owner() const { return is_owner_; }

  private:
    bool is_owner_ = true;
};

// The names, by time.
Result<std::vector<std::string>> records_in(const Folder& inbox) {
    auto names = inbox.names();
    if (names) std::erase_if(*names, [](const auto& name) { return !name.ends_with(ending); });
    return names;
}

// Errc::corrupt for what is no record.
Result<Accessed> read(const Folder& inbox, const std::string& name) {
    const auto octets = inbox.read(name, largest);
    if (!octets) return std::unexpected(octets.error());
    auto content = ledger::decode_body(ledger::Kind::accessed, *octets);
    if (!content) return std::unexpected(content.error());
    const auto* fact = std::get_if<Fact>(&*content);
    const auto* access = fact ? std::get_if<Accessed>(fact) : nullptr;
    if (!access || access->session == 0)
        return fail(Errc::corrupt, fmt::format("{} is no record of an access", name));
    return *access;
}

// Files with what they say, of one commit.
struct Taken {
    std::vector<std::string> names;
    std::vector<Accessed> accesses;
};

Status put_on_record(Archive& archive, const Folder& inbox, Taken taken) {
    if (taken.names.empty()) return {};
    std::vector<Fact> facts;
    for (auto& access : taken.accesses) {
        // One of before, whose file could not be removed then.
        const auto known = archive.has_access(access.time, access.session);
        if (!known) return std::unexpected(known.error());
        if (!*known) facts.emplace_back(std::move(access));
    }
    if (auto stored = archive.ingest({}, std::move(facts)); !stored) return stored;
    if (auto reached = fail_point::reach("audit.taken"); !reached) return reached;
    Status removed;
    for (const auto& name : taken.names)
        if (auto done = inbox.remove(name); !done) removed = done;
    return removed;
}

}  // namespace

Status put_into_audit_inbox(const fs::path& data, Accessed access) {
    access.time = utc_now();
    std::random_device device;
    access.session = std::uniform_int_distribution<std::uint64_t>(1, INT64_MAX)(device);
    bound(access);
    const auto encoded = ledger::encode_body(access);
    if (!encoded) return std::unexpected(encoded.error());
    const auto inbox = inbox_of(data);
    const AsOwner owner(data);
    if (!owner.is_owner())
        return fail(
            Errc::denied,
            fmt::format("root may not act as the owner of {} here: run as him", data.string()));
    if (auto made = make_folder(inbox); !made) return made;
    if (const auto opened = Folder::open(inbox); !opened) return std::unexpected(opened.error());
    const auto file =
        inbox / fmt::format("{:020}-{:016x}{}", access.time.time_since_epoch().count(),
                            access.session, ending);
    return write_durably(file, encoded->body);
}

Result<std::vector<Accessed>> audit_inbox(const fs::path& data) {
    const auto inbox = Folder::open(inbox_of(data));
    if (!inbox && inbox.error().code == Errc::not_found) return {};
    if (!inbox) return std::unexpected(inbox.error());
    const auto names = records_in(*inbox);
    if (!names) return std::unexpected(names.error());
    std::vector<Accessed> waiting;
    for (const auto& name : *names)
        if (auto access = read(*inbox, name)) waiting.push_back(std::move(*access));
    return waiting;  // without what was just taken
}

Status take_audit_inbox(Archive& archive) {
    const auto inbox = Folder::open(inbox_of(archive.data_folder()));
    if (!inbox && inbox.error().code == Errc::not_found) return {};
    if (!inbox) return std::unexpected(inbox.error());
    const auto names = records_in(*inbox);
    if (!names) return std::unexpected(names.error());
    Status whole;
    Taken taken;
    for (const auto& name : *names) {
        auto access = read(*inbox, name);
        if (!access && access.error().code == Errc::corrupt) {
            log::error("audit.inbox", {{"no_record", name}});
            whole = inbox->rename_durably(name, name + ".bad");
            continue;
        }
        if (!access) {
            whole = std::unexpected(access.error());
            continue;
        }
        taken.names.push_back(name);
        taken.accesses.push_back(std::move(*access));
        if (taken.names.size() < together) continue;
        if (auto put = put_on_record(archive, *inbox, std::exchange(taken, {})); !put) return put;
    }
    auto put = put_on_record(archive, *inbox, std::move(taken));
    return put ? whole : put;
}

AuditInboxTaker::AuditInboxTaker(Archive& archive)
    : archive_(archive), thread_("audit-inbox", [this] { run(); }) {}

AuditInboxTaker::~AuditInboxTaker() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void AuditInboxTaker::run() {
    std::string told;  // of what goes wrong, once
    std::unique_lock lock(mutex_);
    while (true) {
        const bool last = wake_.wait_for(lock, between_looks, [this] { return stopping_; });
        lock.unlock();
        const auto taken = take_audit_inbox(archive_);
        const auto problem = taken ? std::string() : taken.error().text;
        if (!problem.empty() && problem != told) log::error("audit.inbox", {{"what", problem}});
        told = problem;
        lock.lock();
        if (last) return;
    }
}

}  // namespace mailhold::store
