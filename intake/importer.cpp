// An account that was imported has one generation a mailbox for ever; its UIDs are given here.
#include "intake/importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "indexer/mime/message_date.hpp"
#include "intake/maildir.hpp"
#include "intake/mbox.hpp"
#include "store/base/blob.hpp"
#include "store/base/file.hpp"

namespace mailhold::intake {
namespace {

namespace fs = std::filesystem;

constexpr char origin[] = "import:";
constexpr UidValidity uidvalidity{1};
constexpr std::size_t batch_messages = 200;
constexpr std::uint64_t batch_octets = 8 << 20;
constexpr std::size_t page = 1000;

class Import {
  public:
    Import(store::Archive& archive, std::string account, const ImportOptions& options,
           std::function<void(store::Progress)> on_progress, std::uint64_t total)
        : archive_(archive),
          account_(std::move(account)),
          options_(options),
          on_progress_(std::move(on_progress)),
          total_(total) {}

    Status declare() {
        const auto accounts = archive_.accounts();
        if (!accounts) return std::unexpected(accounts.error());
        for (const auto& known : *accounts) {
            if (known.account == account_ && known.url != origin)
                return fail(Errc::invalid,
                            fmt::format("account {} mirrors {}: import into an account of another "
                                        "name",
                                        account_, known.url));
        }
        facts_.emplace_back(store::AccountDeclared{account_, origin});
        return {};
    }

    // One commit takes the end of a mailbox and the begin of the next: the last messages need not be stored before finish().
    Status bring(const MailFolder& folder) {
        generation_ = {account_, folder.mailbox, uidvalidity};
        facts_.emplace_back(store::MailboxListed{account_, folder.mailbox, "/", {}});
        facts_.emplace_back(store::GenerationOpened{generation_});
        if (auto stored = store(); !stored) return stored;
        if (auto read = read_known(); !read) return read;
        for (const auto& file : folder.files) {
            if (auto brought = bring(file); !brought) {
                if (brought.error().code != Errc::io && brought.error().code != Errc::not_found)
                    return brought;
                report_.failures.push_back(brought.error().text);
            }
            if (on_progress_) on_progress_({report_.octets, total_});
        }
        facts_.emplace_back(store::GenerationSynced{generation_, Uid{next_uid_}, {}, messages_});
        return {};
    }

    Result<ImportReport> finish() {
        if (auto stored = store(); !stored) return std::unexpected(stored.error());
        return std::move(report_);
    }

  private:
    // How often each message stands in the mailbox.
    Status read_known() {
        known_.clear();
        next_uid_ = 1;
        messages_ = 0;
        const auto state = archive_.generation_state(generation_);
        if (!state) return std::unexpected(state.error());
        next_uid_ = number(state->highest_uid) + 1;
        messages_ = static_cast<std::uint32_t>(state->present.size());
        std::vector<MessageNumber> numbers;
        for (const auto& standing : state->present) numbers.push_back(standing.message);
        std::ranges::sort(numbers);
        for (auto next = numbers.begin(); next != numbers.end();) {
            const auto messages = archive_.messages(*next, page);
            if (!messages) return std::unexpected(messages.error());
            for (const auto& message : *messages)
                for (; next != numbers.end() && *next == message.number; ++next)
                    ++known_[message.digest];
        }
        return {};
    }

    Status bring(const MailFile& file) {
        auto opened = File::open(file.path, OpenMode::read);
        if (!opened) return std::unexpected(opened.error());
        if (file.format == Format::mbox) {
            const auto mapped = Blob::map(std::move(*opened));
            return mapped ? bring_mbox(*mapped) : std::unexpected(mapped.error());
        }
        auto octets = read(*opened);
        if (!octets) return std::unexpected(octets.error());
        if (octets->size() == 0)
            return fail(Errc::io, fmt::format("{} is empty", file.path.string()));
        store::Sighting sighting;
        if (file.format == Format::maildir) {
            // Mail programs keep the time of arrival there.
            const auto written = std::chrono::file_clock::to_sys(fs::last_write_time(file.path));
            sighting.internal_date.utc = std::chrono::floor<std::chrono::seconds>(written);
            sighting.flags = maildir_flags(file.path.filename().string());
        } else {
            date_from_itself(sighting, octets->view());
        }
        report_.octets += octets->size();
        return bring(std::move(sighting), std::move(*octets));
    }

    Result<Blob> read(const File& file) const {
        constexpr std::size_t piece = 1 << 20;
        BlobBuilder builder(archive_.spool_folder());
        for (;;) {
            const auto octets = file.read_some_at(builder.size(), piece);
            if (!octets) return std::unexpected(octets.error());
            if (octets->empty()) return builder.finish();
            if (auto added = builder.append(*octets); !added) return std::unexpected(added.error());
        }
    }

    Status bring_mbox(const Blob& file) {
        MboxReader reader(file.view());
        for (auto before = reader.at(); auto message = reader.next(); before = reader.at()) {
            store::Sighting sighting;
            sighting.flags = std::move(message->flags);
            if (message->received) {
                sighting.internal_date.utc = *message->received;
            } else {
                date_from_itself(sighting, message->octets);
            }
            BlobBuilder builder(archive_.spool_folder());
            const auto added = options_.unquote ? builder.append(unquoted(message->octets))
                                                : builder.append(message->octets);
            if (!added) return added;
            auto octets = builder.finish();
            if (!octets) return std::unexpected(octets.error());
            report_.octets += reader.at() - before;
            if (auto brought = bring(std::move(sighting), std::move(*octets)); !brought)
                return brought;
            if (on_progress_) on_progress_({report_.octets, total_});
        }
        return {};
    }

    static void date_from_itself(store::Sighting& sighting, std::string_view octets) {
        const auto date = indexer::mime::date_from_header(octets);
        sighting.date_from = date ? store::DateFrom::header : store::DateFrom::archive;
        sighting.internal_date =
            date.value_or(ZonedSeconds{std::chrono::floor<std::chrono::seconds>(utc_now())});
    }

    Status bring(store::Sighting sighting, Blob octets) {
        if (auto known = known_.find(sha256(octets.view())); known != known_.end()) {
            ++report_.known;
            if (--known->second == 0) known_.erase(known);
            return {};
        }
        sighting.generation = generation_;
        sighting.uid = Uid{next_uid_++};
        ++messages_;
        waiting_octets_ += octets.size();
        waiting_.push_back({std::move(sighting), std::move(octets)});
        if (waiting_.size() < batch_messages && waiting_octets_ < batch_octets) return {};
        return store();
    }

    Status store() {
        const auto count = waiting_.size();
        waiting_octets_ = 0;
        auto stored = archive_.ingest(std::exchange(waiting_, {}), std::exchange(facts_, {}));
        if (!stored) return stored;
        report_.messages += count;
        return {};
    }

    store::Archive& archive_;
    const std::string account_;
    const ImportOptions options_;
    const std::function<void(store::Progress)> on_progress_;
    const std::uint64_t total_;
    ImportReport report_;

    // Of the mailbox in work.
    store::Generation generation_;
    std::map<Digest, std::size_t> known_;
    std::uint32_t next_uid_ = 1;
    std::uint32_t messages_ = 0;
    std::vector<store::Arrival> waiting_;
    std::uint64_t waiting_octets_ = 0;
    std::vector<store::Fact> facts_;  // that follow them
};

}  // namespace

Result<ImportReport> import_mail(store::Archive& archive, const std::string& account,
                                 const FoundMail& mail, const ImportOptions& options,
                                 const std::function<void(store::Progress)>& on_progress) {
    Import import(archive, account, options, on_progress, mail.octets);
    if (auto declared = import.declare(); !declared) return std::unexpected(declared.error());
    for (const auto& folder : mail.folders) {
        if (auto brought = import.bring(folder); !brought) return std::unexpected(brought.error());
    }
    return import.finish();
}

}  // namespace mailhold::intake
