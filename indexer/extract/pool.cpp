// Lending, asking, replacing.
#include "indexer/extract/pool.hpp"

#include <fmt/format.h>

#include <utility>

#include "indexer/extract/frame.hpp"
#include "indexer/mime/gmime.hpp"
#include "indexer/mime/parse.hpp"
#include "store/base/log.hpp"

namespace mailhold::indexer::extract {
namespace {

using text::Extraction;
using text::ExtractStatus;

constexpr std::chrono::seconds starting{30};  // from spawn to the first word
constexpr std::size_t encoded_head = 2 * head_size;

Extraction failed(std::string reason) {
    return {ExtractStatus::failed, std::move(reason), {}, 0};
}

long seconds_of(std::chrono::milliseconds time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

Digest digest_of(const Document& document) {
    Sha256 sum;
    for (const std::string* text : {&document.type, &document.name}) {
        sum.update(*text);
        sum.update(std::string_view("\0", 1));
    }
    sum.update(document.content);
    return sum.finish();
}

}  // namespace

Pool::Pool(PoolOptions options) : options_(std::move(options)) {}
Pool::~Pool() = default;

Extraction Pool::read(Document document) {
    if (document.content.size() > options_.document)
        return {ExtractStatus::failed,
                fmt::format("larger than {} octets", options_.document),
                {},
                maker_of(options_.limits)};
    const Digest digest = digest_of(document);
    if (auto known = remembered_.find(digest)) return std::move(*known);
    auto extraction = ask_workers(document);
    const std::lock_guard lock(mutex_);
    if (off_.empty()) remembered_.keep(digest, extraction);
    return extraction;
}

Extraction Pool::ask_workers(const Document& document) {
    const std::string request = encode(document, options_.limits);
    while (true) {
        auto worker = borrow();
        if (!worker) return failed(worker.error().text);
        const bool fresh = worker->documents++ == 0;
        const auto deadline = std::chrono::steady_clock::now() + options_.wall;
        auto done = worker->send(request, deadline);
        auto frame = done ? worker->receive(options_.limits.text + frame_slack, deadline)
                          : std::unexpected(done.error());
        auto response = frame ? decode_response(*frame) : std::nullopt;
        if (response) {
            if (response->last)
                drop(std::move(*worker));
            else
                give_back(std::move(*worker));
            return std::move(response->extraction);
        }
        const bool late = !frame && frame.error().code == Errc::timeout;
        const std::string end = worker->end();
        drop(std::move(*worker));
        log::warning("extract.failed", {{"worker", late ? "took too long" : end},
                                        {"type", document.type},
                                        {"octets", document.content.size()}});
        const std::lock_guard lock(mutex_);
        ++(late ? counts_.timed_out : counts_.died);
        if (late) return failed(fmt::format("not read within {} s", seconds_of(options_.wall)));
        if (fresh) return failed("its reader " + end);
    }
}

Result<Process> Pool::borrow() {
    {
        std::unique_lock lock(mutex_);
        freed_.wait(lock, [this] { return busy_ < options_.workers || !off_.empty(); });
        if (!off_.empty()) return fail(Errc::unsupported, off_);
        ++busy_;
        if (!idle_.empty()) {
            auto process = std::move(idle_.back());
            idle_.pop_back();
            return process;
        }
    }
    auto process = start();
    if (process) return process;
    const std::lock_guard lock(mutex_);
    --busy_;
    if (process.error().code == Errc::unsupported && off_.empty()) {
        off_ = process.error().text;
        log::error("extract.off", {{"reason", off_}});
    } else {
        log::error("extract.start", {{"error", process.error().text}});
    }
    freed_.notify_all();
    return process;
}

Result<Process> Pool::start() {
    auto process = Process::start(options_.command);
    if (!process) return process;
    const auto frame = process->receive(frame_slack, std::chrono::steady_clock::now() + starting);
    const auto hello = frame ? decode_hello(*frame) : std::nullopt;
    if (!hello)
        return fail(Errc::io,
                    fmt::format("the extraction process does not start: it {}", process->end()));
    if (!hello->problem.empty())
        return fail(Errc::unsupported, "no sandbox for reading attachments: " + hello->problem);
    const std::lock_guard lock(mutex_);
    ++counts_.started;
    if (!hello->landlock && !std::exchange(landlock_told_, true))
        log::warning("extract.sandbox",
                     {{"landlock", "not offered by this kernel; seccomp alone guards the worker"}});
    return process;
}

void Pool::give_back(Process process) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(process));
    --busy_;
    freed_.notify_one();
}

void Pool::drop(Process process) {
    process.end();
    const std::lock_guard lock(mutex_);
    --busy_;
    freed_.notify_one();
}

text::Extractor Pool::extractor() {
    return [this](std::string_view octets, const mime::Part& part) -> Extraction {
        const auto body = octets.substr(part.body.begin, part.body.size());
        const std::string type = part.type + "/" + part.subtype;
        const std::string head = mime::decode_transfer(body.substr(0, encoded_head), part.encoding);
        const auto format =
            detect(type, part.filename, std::string_view(head).substr(0, head_size));
        if (format == Format::none)
            return {ExtractStatus::unsupported, {}, {}, maker_of(options_.limits)};
        if (format == Format::encrypted)
            return {ExtractStatus::encrypted, {}, {}, maker_of(options_.limits)};
        return read({type, part.filename, mime::decoded_content(octets, part)});
    };
}

Pool::Counts Pool::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace mailhold::indexer::extract
