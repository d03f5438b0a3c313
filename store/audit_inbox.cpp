// A file is written under another name and renamed, so that what is found there is whole. Its name begins with the time.
#include "store/audit_inbox.hpp"

#include <fmt/format.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "store/audit.hpp"
#include "store/base/fail_point.hpp"
#include "store/base/file.hpp"
#include "store/base/log.hpp"
#include "store/ledger/fact_codec.hpp"

namespace mailhold::store {
namespace {

namespace fs = std::filesystem;

constexpr char ending[] = ".access";
constexpr std::chrono::milliseconds between_looks{500};
constexpr std::size_t together = 1'000;  // records of one commit

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

// By time. None where there is no inbox.
Result<std::vector<fs::path>> files_in(const fs::path& data) {
    std::vector<fs::path> files;
    std::error_code problem;
    for (fs::directory_iterator each(inbox_of(data), problem), end; !problem && each != end;
         each.increment(problem))
        if (each->path().extension() == ending) files.push_back(each->path());
    if (problem && problem != std::errc::no_such_file_or_directory)
        return fail(Errc::io,
                    fmt::format("look into {}: {}", inbox_of(data).string(), problem.message()));
    std::ranges::sort(files);
    return files;
}

// Errc::corrupt for what is no record.
Result<Accessed> read(const fs::path& file) {
    const auto octets = read_file(file);
    if (!octets) return std::unexpected(octets.error());
    auto content = ledger::decode_body(ledger::Kind::accessed, *octets);
    if (!content) return std::unexpected(content.error());
    const auto* fact = std::get_if<Fact>(&*content);
    const auto* access = fact ? std::get_if<Accessed>(fact) : nullptr;
    if (!access || access->session == 0)
        return fail(Errc::corrupt, fmt::format("{} is no record of an access", file.string()));
    return *access;
}

// Of all that is on record since then. A program that shows one thing has a session of its own.
Result<std::set<std::uint64_t>> sessions_since(const ArchiveReader& archive, UtcMicros since) {
    std::set<std::uint64_t> sessions;
    AccessFilter filter{.first = {}, .since = since, .user = {}, .mailbox = {}};
    while (true) {
        const auto page = archive.accesses(filter);
        if (!page) return std::unexpected(page.error());
        for (const auto& one : *page) sessions.insert(one.access.session);
        if (page->size() < filter.most) return sessions;
        filter.first = Sequence{number(page->back().record) + 1};
    }
}

// Files with what they say, of one commit.
struct Taken {
    std::vector<fs::path> files;
    std::vector<Accessed> accesses;
};

Status put_on_record(Archive& archive, Taken taken) {
    if (taken.files.empty()) return {};
    const auto first = std::ranges::min(taken.accesses, {}, &Accessed::time).time;
    const auto known = sessions_since(archive, first);
    if (!known) return std::unexpected(known.error());
    std::vector<Fact> facts;
    for (auto& access : taken.accesses)
        if (!known->contains(access.session)) facts.emplace_back(std::move(access));
    if (auto stored = archive.ingest({}, std::move(facts)); !stored) return stored;
    if (auto reached = fail_point::reach("audit.taken"); !reached) return reached;
    Status removed;
    for (const auto& file : taken.files) {
        std::error_code problem;
        fs::remove(file, problem);
        if (problem)
            removed =
                fail(Errc::io, fmt::format("remove {}: {}", file.string(), problem.message()));
    }
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
    const auto file =
        inbox / fmt::format("{:020}-{:016x}{}", access.time.time_since_epoch().count(),
                            access.session, ending);
    return write_durably(file, encoded->body);
}

Result<std::vector<Accessed>> audit_inbox(const fs::path& data) {
    const auto files = files_in(data);
    if (!files) return std::unexpected(files.error());
    std::vector<Accessed> waiting;
    for (const auto& file : *files)
        if (auto access = read(file)) waiting.push_back(std::move(*access));  // else just taken
    return waiting;
}

Status take_audit_inbox(Archive& archive) {
    const auto files = files_in(archive.data_folder());
    if (!files) return std::unexpected(files.error());
    Status whole;
    Taken taken;
    for (const auto& file : *files) {
        auto access = read(file);
        if (!access && access.error().code == Errc::corrupt) {
            log::error("audit.inbox", {{"no_record", file.string()}});
            auto aside = file;
            whole = rename_durably(file, aside += ".bad");
            continue;
        }
        if (!access) {
            whole = std::unexpected(access.error());
            continue;
        }
        taken.files.push_back(file);
        taken.accesses.push_back(std::move(*access));
        if (taken.files.size() < together) continue;
        if (auto put = put_on_record(archive, std::exchange(taken, {})); !put) return put;
    }
    auto put = put_on_record(archive, std::move(taken));
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
