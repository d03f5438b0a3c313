// Verification: reads all that was committed when it began, believes nothing, and lists every
// difference in words. What a running daemon adds meanwhile, and a tail that a crash left
// half-written, are no differences.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "store/archive.hpp"
#include "store/ledger/checkpoint.hpp"
#include "store/ledger/payload.hpp"
#include "store/ledger/segment.hpp"
#include "store/replay.hpp"
#include "store/verify_catalog.hpp"

namespace mailhold::store {
namespace {

constexpr std::uint64_t records_between_progress = 256;

class Verifier {
  public:
    // In the order opposite to writing: each names no more than what is read after it.
    Verifier(const std::filesystem::path& data, const std::function<void(Progress)>& on_progress)
        : folder_(ledger_folder(data)),
          on_progress_(on_progress),
          checkpoints_(ledger::read_checkpoints(folder_)),
          catalog_(data, result_.problems),
          segments_(ledger::list_segments(folder_)),
          key_(ledger::PublicKey::load(keys_folder(data))) {}

    Result<Verification> run();

  private:
    void problem(std::string where, std::string what) {
        result_.problems.push_back({std::move(where), std::move(what)});
    }
    void check_checkpoints();
    void check_segment(const ledger::SegmentFile& segment);
    Status check_record(const ledger::SegmentReader& reader, const ledger::Record& record,
                        std::uint64_t segment);
    void check_root();
    void check_end();

    const std::filesystem::path folder_;
    const std::function<void(Progress)>& on_progress_;
    Verification result_;
    Result<ledger::CheckpointFile> checkpoints_;
    CatalogComparison catalog_;
    Result<std::vector<ledger::SegmentFile>> segments_;
    Result<ledger::PublicKey> key_;

    std::multimap<std::uint64_t, const ledger::Checkpoint*> by_size_;
    std::uint64_t committed_ = 0;  // as many records at least must be there
    std::optional<ArchiveId> archive_;
    ledger::Frontier tree_;  // of what was read
    bool whole_ = true;      // every record from the first on was read
    Progress progress_;      // in bytes
};

std::string name_of(const ledger::Checkpoint& checkpoint) {
    return fmt::format("checkpoint of {}, {} records", checkpoint.time, checkpoint.size);
}

// Whether all bytes of the record are there, as a writer would see it that opens the ledger.
bool is_whole(const ledger::SegmentReader& reader,
              const Result<std::optional<ledger::Record>>& record) {
    const auto stored = record ? ledger::check_stored(reader.file(), **record)
                               : Status(std::unexpected(record.error()));
    return stored || stored.error().code != Errc::corrupt;
}

Result<Verification> Verifier::run() {
    if (!checkpoints_) return std::unexpected(checkpoints_.error());
    if (!segments_) return std::unexpected(segments_.error());
    for (const auto& segment : *segments_) {
        std::error_code renamed;
        const auto size = std::filesystem::file_size(segment.path, renamed);
        if (!renamed) progress_.total += size;
    }
    check_checkpoints();
    for (const auto& segment : *segments_) check_segment(segment);
    check_end();
    catalog_.finish(result_.problems);
    result_.root = to_hex(tree_.root());
    return std::move(result_);
}

void Verifier::check_checkpoints() {
    if (!segments_->empty() && !std::filesystem::exists(ledger::checkpoints_path(folder_))) {
        problem("checkpoints",
                "the file is missing, and there are records: restore it from a "
                "backup");
    }
    for (const auto line : checkpoints_->damaged)
        problem(fmt::format("checkpoints, line {}", line), "this is no checkpoint");
    if (key_)
        result_.key = key_->hex();
    else
        problem("keys/signing.pub", key_.error().text);
    std::uint64_t before = 0;
    for (const auto& checkpoint : checkpoints_->checkpoints) {
        if (key_ && !key_->verify(checkpoint.signed_text, checkpoint.signature)) {
            problem(name_of(checkpoint), "keys/signing.pub does not verify its signature");
        }
        if (checkpoint.size < before)
            problem(name_of(checkpoint), fmt::format("an earlier one counts {} records", before));
        before = std::max(before, checkpoint.size);
        by_size_.emplace(checkpoint.size, &checkpoint);
    }
    const auto position = catalog_.position();
    const auto applied = position ? number(position->next) : 0;
    if (position && applied < before) {
        problem("catalog.sqlite",
                fmt::format("it holds {} records, and a checkpoint counts {}", applied, before));
    }
    result_.checkpoints = checkpoints_->checkpoints.size();
    committed_ = std::max(before, applied);
}

void Verifier::check_segment(const ledger::SegmentFile& segment) {
    const auto name = segment.path.filename().string();
    auto file = ledger::open_segment(folder_, segment.first);
    auto reader = file ? ledger::SegmentReader::open(std::move(*file), segment.first)
                       : Result<ledger::SegmentReader>(std::unexpected(file.error()));
    if (!reader) {
        whole_ = false;
        return problem(name, reader.error().text + "; its records were not read");
    }
    const auto& header = reader->header();
    if (archive_ && *archive_ != header.archive) problem(name, "it belongs to another archive");
    archive_ = header.archive;
    if (header.before != tree_) {
        if (whole_)
            problem(name,
                    fmt::format("it does not continue the {} records before it", tree_.size()));
        whole_ = false;
        tree_ = header.before;  // so that at least what follows can be held against checkpoints
    }
    if (header.before.size() > 0 && !by_size_.contains(header.before.size())) {
        problem(name, "no checkpoint was signed before it, as there is at each seal");
    }
    progress_.done += reader->offset();
    check_root();
    while (true) {
        const auto offset = reader->offset();
        const auto record = reader->next();
        if (record && !*record) break;
        const auto number = mailhold::number(reader->sequence()) - (record ? 1 : 0);
        // Beyond what was committed there may be a commit that never came to its end.
        const bool unfinished = segment.state == ledger::SegmentState::open && number >= committed_;
        if (unfinished && !is_whole(*reader, record)) break;
        auto checked = record ? check_record(*reader, **record, segment.first)
                              : Status(std::unexpected(record.error()));
        if (checked) continue;
        problem(fmt::format("{}, record {} at {}", name, number, offset), checked.error().text);
        if (record) continue;
        problem(name, fmt::format("record {} and those after it in this segment could not be read",
                                  number));
        whole_ = false;
        break;
    }
}

// An error is about what the record says or holds; its place in the tree is taken all the same.
Status Verifier::check_record(const ledger::SegmentReader& reader, const ledger::Record& record,
                              std::uint64_t segment) {
    auto content = ledger::decode_body(record.header.kind, record.body);
    const auto* message = content ? std::get_if<ledger::MessageStored>(&*content) : nullptr;
    auto payload = message ? ledger::unpack(reader.file(), record, *message,
                                            [](std::string_view) { return Status{}; })
                           : ledger::check_stored(reader.file(), record);
    ++result_.records;
    if (message) {
        ++result_.messages;
        result_.octets += message->size;
    }
    tree_.append(ledger::leaf_of(record.header, record.body));
    check_root();
    progress_.done += record.end() - record.offset;
    if (on_progress_ && result_.records % records_between_progress == 0) on_progress_(progress_);
    if (!content) {
        whole_ = false;
        return std::unexpected(content.error());
    }
    if (whole_) {
        catalog_.add(to_committed(record.header.sequence, record.header.time,
                                  {segment, record.offset}, std::move(*content)),
                     *archive_, tree_);
    }
    return payload;
}

void Verifier::check_root() {
    const auto [begin, end] = by_size_.equal_range(tree_.size());
    if (begin == end) return;
    const auto root = tree_.root();
    for (auto it = begin; it != end; ++it) {
        if (it->second->root != root)
            problem(name_of(*it->second), "the records are not those it was signed for");
        if (it->second->archive != archive_)
            problem(name_of(*it->second), "it was signed for another archive");
    }
}

void Verifier::check_end() {
    if (on_progress_) on_progress_(progress_);
    if (tree_.size() >= committed_) return;
    problem("ledger", fmt::format("it ends after {} records, and {} were committed", tree_.size(),
                                  committed_));
}

}  // namespace

Result<Verification> verify(const std::filesystem::path& data,
                            const std::function<void(Progress)>& on_progress) {
    if (!std::filesystem::is_directory(ledger_folder(data))) {
        return nothing_in(data);
    }
    return Verifier(data, on_progress).run();
}

}  // namespace mailhold::store
