// The store and the indexer by themselves, without a network: fills an archive, indexes it, and puts
// the same terms into a bare Xapian database beside it.
#include <fmt/format.h>
#include <sys/resource.h>
#include <xapian.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>

#include "indexer/engine/document.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "indexer/pipeline/prepare.hpp"
#include "store/archive.hpp"
#include "store/base/file.hpp"
#include "tests/bench/made_mail.hpp"

namespace mailhold::bench {
namespace {

constexpr std::size_t batch = 2000;

template <class T>
T must(Result<T> result) {
    if (result) {
        if constexpr (std::is_void_v<T>) {
            return;
        } else {
            return std::move(*result);
        }
    }
    fmt::print(stderr, "index_bench: {}\n", result.error().text);
    std::exit(1);
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Watch {
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    double cpu_before = cpu_seconds();
    double wall() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }
    double cpu() const { return cpu_seconds() - cpu_before; }
};

std::uintmax_t size_of(const std::filesystem::path& folder) {
    std::uintmax_t sum = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) sum += entry.file_size();
    return sum;
}

void report(std::string_view what, const Watch& watch, std::uint64_t messages) {
    const auto per = 1e4 / static_cast<double>(std::max<std::uint64_t>(messages, 1));
    fmt::print("{:<28} {:>9} messages  wall {:7.2f} s  CPU {:7.2f} s  CPU for 10,000: {:6.2f} s\n",
               what, messages, watch.wall(), watch.cpu(), watch.cpu() * per);
}

// A folder's .eml files, or made mail.
void fill(const std::filesystem::path& data, std::string_view source) {
    const auto archive = must(store::Archive::open(data));
    const store::Generation inbox{"alice", "INBOX", UidValidity{1}};
    must(archive->ingest(
        {}, {store::AccountDeclared{"alice", "imaps://alice@example.org"},
             store::MailboxListed{"alice", "INBOX", "/", {}}, store::GenerationOpened{inbox}}));
    const auto begun = must(archive->totals()).sightings;
    std::vector<std::filesystem::path> files;
    std::size_t count = 0;
    if (std::filesystem::is_directory(source)) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(source))
            if (entry.is_regular_file()) files.push_back(entry.path());
        std::ranges::sort(files);
        count = files.size();
    } else {
        count = std::stoul(std::string(source));
    }
    const MadeMail made;
    const Watch watch;
    for (std::size_t at = begun; at < count;) {
        std::vector<store::Arrival> arrivals;
        for (const auto end = std::min(at + batch, count); at < end; ++at) {
            const auto uid = static_cast<std::uint32_t>(at + 1);
            auto octets = files.empty() ? made.message(uid) : must(read_file(files[at]));
            const std::chrono::sys_seconds date{std::chrono::seconds(1'420'070'400 + at * 60)};
            store::Sighting sighting{inbox, Uid{uid}, {}, 0, {date, 0}, {}, {}};
            if (uid % 5 != 0) sighting.flags.push_back("\\Seen");
            arrivals.push_back({std::move(sighting), Blob(std::move(octets))});
        }
        must(archive->ingest(std::move(arrivals)));
    }
    report("archived", watch, count - begun);
}

void make_index(const std::filesystem::path& data, std::size_t threads) {
    const auto archive = must(store::Archive::open(data));
    must(indexer::pipeline::discard_index(*archive));
    const auto totals = must(archive->totals());
    const Watch watch;
    {
        indexer::pipeline::Options options;
        options.parse_threads = threads;
        const auto pipeline = must(indexer::pipeline::Pipeline::start(*archive, options));
        must(pipeline->catch_up());
    }
    report("parsed and indexed", watch, totals.messages);
    const Watch compacting;
    {
        const auto writer = must(indexer::engine::IndexWriter::open(archive->index_folder()));
        for (std::uint32_t shard = 0; shard < writer->shards(); ++shard)
            if (writer->wants_compaction(shard)) must(writer->compact(shard));
    }
    report("compacted, as when idle", compacting, totals.messages);
    const auto octets = size_of(archive->index_folder());
    fmt::print("index {} octets, {:.3f} of the mail's {}\n", octets,
               static_cast<double>(octets) / static_cast<double>(totals.octets), totals.octets);
}

// The least that an indexer does: each message read, parsed and cut into the same terms, these put
// into one Xapian database; nothing else is kept.
void raw(const std::filesystem::path& data) {
    const auto archive = must(store::ArchiveReader::open(data));
    const auto totals = must(archive->totals());
    const auto folder = data / "raw-xapian";
    std::filesystem::remove_all(folder);
    const Watch watch;
    Xapian::WritableDatabase database(folder.string(), Xapian::DB_CREATE_OR_OVERWRITE);
    for (std::uint32_t n = 1; n <= totals.messages; ++n) {
        const auto described = indexer::engine::describe(
            must(indexer::pipeline::search_text(*archive, MessageNumber{n}, {})));
        Xapian::Document document;
        for (const auto& term : described.terms) document.add_boolean_term(term);
        database.add_document(document);
        if (n % batch == 0) database.commit();
    }
    database.commit();
    report("the same terms, bare Xapian", watch, totals.messages);
    const auto octets = size_of(folder);
    fmt::print("bare Xapian {} octets, {:.3f} of the mail\n", octets,
               static_cast<double>(octets) / static_cast<double>(totals.octets));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mailhold::bench

int main(int count, char** values) {
    using namespace mailhold::bench;
    const std::span<char*> arguments(values, static_cast<std::size_t>(count));
    const std::string_view what = count > 2 ? arguments[1] : "";
    if (what == "fill" && count == 4) {
        fill(arguments[2], arguments[3]);
    } else if (what == "index" && count == 4) {
        make_index(arguments[2], std::stoul(arguments[3]));
    } else if (what == "raw" && count == 3) {
        raw(arguments[2]);
    } else {
        fmt::print(
            stderr,
            "index_bench fill DATA COUNT|FOLDER   archive made mail, or a folder's files\n"
            "index_bench index DATA THREADS      make the index anew\n"
            "index_bench raw DATA                the same terms in a bare Xapian database\n");
        return 2;
    }
    return 0;
}
