#include "store/ledger/checkpoint.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "store/ledger/recovery.hpp"

namespace mailhold::store::ledger {
namespace {

constexpr std::string_view word = "mailhold-checkpoint-1";
constexpr std::size_t max_line = 512;

std::string hex(const ArchiveId& archive) {
    std::string text;
    for (const auto byte : archive) text += fmt::format("{:02x}", byte);
    return text;
}

std::optional<ArchiveId> archive_from_hex(std::string_view text) {
    ArchiveId archive{};
    if (text.size() != 2 * archive.size()) return std::nullopt;
    for (std::size_t i = 0; i < archive.size(); ++i) {
        const auto* at = text.data() + 2 * i;
        const auto parsed = std::from_chars(at, at + 2, archive[i], 16);
        if (parsed.ec != std::errc{} || parsed.ptr != at + 2) return std::nullopt;
    }
    return archive;
}

// Whether these octets at the end of the file, without a line end, are what a write cut off leaves
// behind: a whole signature and something other than a line end after it are not.
bool could_be_torn(std::string_view tail) {
    constexpr std::size_t signature_size = 88;
    return tail.size() < max_line && tail.size() - (tail.rfind(' ') + 1) <= signature_size;
}

}  // namespace

std::string signed_line(const ArchiveId& archive, std::uint64_t size, const Digest& root,
                        UtcMicros time, const SigningKey& key) {
    const auto text =
        fmt::format("{} {} {} {} {}", word, hex(archive), size, to_hex(root), to_rfc3339(time));
    return fmt::format("{} {}\n", text, to_base64(key.sign(text)));
}

std::optional<Checkpoint> parse_checkpoint(std::string_view line) {
    std::array<std::string_view, 6> fields;
    auto rest = line;
    for (auto& field : fields) {
        const auto blank = &field == &fields.back() ? rest.size() : rest.find(' ');
        if (blank == std::string_view::npos) return std::nullopt;
        field = rest.substr(0, blank);
        rest.remove_prefix(std::min(blank + 1, rest.size()));
    }
    Checkpoint checkpoint;
    const auto archive = archive_from_hex(fields[1]);
    const auto root = digest_from_hex(fields[3]);
    const auto signature = signature_from_base64(fields[5]);
    const auto size =
        std::from_chars(fields[2].data(), fields[2].data() + fields[2].size(), checkpoint.size);
    if (fields[0] != word || !archive || !root || !signature || size.ec != std::errc{} ||
        size.ptr != fields[2].data() + fields[2].size()) {
        return std::nullopt;
    }
    checkpoint.archive = *archive;
    checkpoint.root = *root;
    checkpoint.time = fields[4];
    checkpoint.signature = *signature;
    checkpoint.signed_text = line.substr(0, line.rfind(' '));
    return checkpoint;
}

std::filesystem::path checkpoints_path(const std::filesystem::path& ledger_folder) {
    return ledger_folder / "checkpoints";
}

Result<CheckpointFile> read_checkpoints(const std::filesystem::path& ledger_folder) {
    CheckpointFile file;
    const auto text = read_file(checkpoints_path(ledger_folder));
    if (!text && text.error().code == Errc::not_found) return file;
    if (!text) return std::unexpected(text.error());
    std::string_view rest = *text;
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos && could_be_torn(rest)) break;
        auto checkpoint = parse_checkpoint(rest.substr(0, end));
        if (checkpoint)
            file.checkpoints.push_back(std::move(*checkpoint));
        else
            file.damaged.push_back(line);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return file;
}

Result<CheckpointLog> CheckpointLog::open(const std::filesystem::path& ledger_folder) {
    auto file = File::open(checkpoints_path(ledger_folder), OpenMode::append);
    if (!file) return std::unexpected(file.error());
    if (auto synced = sync_folder(ledger_folder); !synced) return std::unexpected(synced.error());
    const auto size = file->size();
    if (!size) return std::unexpected(size.error());
    const auto begin = *size - std::min<std::uint64_t>(*size, 2 * max_line);
    const auto tail = file->read_at(begin, static_cast<std::size_t>(*size - begin));
    if (!tail) return std::unexpected(tail.error());
    const auto line_end = tail->rfind('\n');
    const auto whole = line_end == std::string::npos ? 0 : line_end + 1;
    CheckpointLog log(std::move(*file), begin + whole);
    if (log.size_ < *size) {
        if (!could_be_torn(std::string_view(*tail).substr(whole))) {
            return fail(
                Errc::corrupt,
                fmt::format("the last line of {} is damaged: restore the file from a backup",
                            checkpoints_path(ledger_folder).string()));
        }
        if (auto cut = cut_torn_tail(log.file_, log.size_); !cut)
            return std::unexpected(cut.error());
    }
    if (whole == 0) return log;
    const auto before = line_end == 0 ? std::string::npos : tail->rfind('\n', line_end - 1);
    const auto start = before == std::string::npos ? 0 : before + 1;
    log.last_ = parse_checkpoint(std::string_view(*tail).substr(start, line_end - start));
    if (!log.last_) {
        return fail(
            Errc::corrupt,
            fmt::format("the last line of {} is no checkpoint: restore the file from a backup",
                        checkpoints_path(ledger_folder).string()));
    }
    return log;
}

Status CheckpointLog::append(std::string_view line) {
    if (failed_) return std::unexpected(*failed_);
    const auto written = file_.write(line);
    const auto settled = written ? file_.sync() : file_.truncate(size_);
    if (!settled) failed_ = settled.error();
    if (!written) return written;
    size_ += line.size();
    return settled;
}

}  // namespace mailhold::store::ledger
