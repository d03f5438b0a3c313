#include "store/archive_writer.hpp"

#include <algorithm>

#include "store/base/fail_point.hpp"
#include "store/base/log.hpp"
#include "store/replay.hpp"

namespace mailhold::store {
namespace {

constexpr std::uint64_t max_queued_bytes = 64 << 20;  // then callers wait
constexpr std::uint64_t max_commit_bytes = 32 << 20;  // one request may be larger

Result<Item> fact_item(Fact fact) {
    auto encoded = ledger::encode_body(fact);
    if (!encoded) return std::unexpected(encoded.error());
    return Item{std::move(fact), std::move(*encoded), {}};
}

Result<Item> message_item(const Blob& octets, const std::filesystem::path& spool_folder) {
    const ledger::MessageStored message{sha256(octets.view()), octets.size()};
    auto payload = ledger::pack(octets, spool_folder);
    if (!payload) return std::unexpected(payload.error());
    return Item{message, ledger::encode_body(message), std::move(*payload)};
}

template <class Value>
void add(std::vector<Value>& known, const std::vector<Value>& more) {
    known.insert(known.end(), more.begin(), more.end());
    std::ranges::sort(known);
    const auto repeated = std::ranges::unique(known);
    known.erase(repeated.begin(), repeated.end());
}

std::uint64_t bytes_of(const std::vector<Item>& items) {
    std::uint64_t bytes = 0;
    for (const auto& item : items) bytes += item.encoded.body.size() + item.payload.stored.size();
    return bytes;
}

}  // namespace

Result<std::vector<Item>> items_of(std::vector<Blob> messages,
                                   const std::filesystem::path& spool_folder) {
    std::vector<Item> items;
    for (const auto& octets : messages) {
        auto item = message_item(octets, spool_folder);
        if (!item) return std::unexpected(item.error());
        items.push_back(std::move(*item));
    }
    return items;
}

Result<std::vector<Item>> items_of(std::vector<Arrival> arrivals, std::vector<Fact> facts,
                                   const std::filesystem::path& spool_folder) {
    std::vector<Item> items;
    items.reserve(2 * arrivals.size() + facts.size());
    for (auto& [sighting, octets] : arrivals) {
        auto stored = message_item(octets, spool_folder);
        if (!stored) return std::unexpected(stored.error());
        items.push_back(std::move(*stored));
        const auto& message = std::get<ledger::MessageStored>(items.back().content);
        sighting.digest = message.digest;
        sighting.size = message.size;
        auto item = fact_item(std::move(sighting));
        if (!item) return std::unexpected(item.error());
        items.push_back(std::move(*item));
    }
    for (auto& fact : facts) {
        auto item = fact_item(std::move(fact));
        if (!item) return std::unexpected(item.error());
        items.push_back(std::move(*item));
    }
    return items;
}

ArchiveWriter::ArchiveWriter(ledger::LedgerWriter ledger,
                             std::unique_ptr<catalog::CatalogWriter> catalog,
                             std::chrono::milliseconds checkpoint_interval)
    : ledger_(std::move(ledger)),
      catalog_(std::move(catalog)),
      checkpoint_interval_(checkpoint_interval),
      next_checkpoint_(std::chrono::steady_clock::now() + checkpoint_interval),
      thread_("archive-writer", [this] { run(); }) {}

void ArchiveWriter::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    thread_.join();
}

Status ArchiveWriter::ingest(std::vector<Item> items) {
    if (items.empty()) return {};
    const auto bytes = bytes_of(items);
    return submit({.items = std::move(items), .bytes = bytes});
}

Status ArchiveWriter::decide(std::vector<Item> items, Archive::Decision decision) {
    const auto bytes = bytes_of(items);
    return submit({.items = std::move(items), .decision = std::move(decision), .bytes = bytes});
}

Status ArchiveWriter::put_summaries(Summaries summaries) {
    if (summaries.empty()) return {};
    return submit({.summaries = summaries});
}

Status ArchiveWriter::submit(Request request) {
    auto done = request.done.get_future();
    {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] {
            return queued_bytes_ == 0 || queued_bytes_ + request.bytes <= max_queued_bytes;
        });
        queued_bytes_ += request.bytes;
        queue_.push_back(std::move(request));
    }
    work_.notify_one();
    return done.get();
}

Archive::Subscription ArchiveWriter::subscribe(std::function<void(const Change&)> on_change) {
    auto subscriber = std::make_shared<Subscriber>();
    subscriber->on_change = std::move(on_change);
    const std::lock_guard lock(subscribers_mutex_);
    std::erase_if(subscribers_, [](const auto& known) { return known.expired(); });
    subscribers_.push_back(subscriber);
    auto* called = subscriber.get();
    return Archive::Subscription(called, [subscriber = std::move(subscriber)](const void*) {
        const std::lock_guard calling(subscriber->mutex);
        subscriber->on_change = nullptr;
    });
}

void ArchiveWriter::run() {
    while (true) {
        auto batch = next_batch();
        if (batch.empty()) {
            sign();
            const std::lock_guard lock(mutex_);
            if (stopping_ && queue_.empty()) return;
            continue;
        }
        serve(std::move(batch));
        if (std::chrono::steady_clock::now() >= next_checkpoint_) sign();
    }
}

std::vector<ArchiveWriter::Request> ArchiveWriter::next_batch() {
    std::vector<Request> batch;
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return stopping_ || !queue_.empty(); };
    if (ledger_.has_unsigned())
        work_.wait_until(lock, next_checkpoint_, ready);
    else
        work_.wait(lock, ready);
    std::uint64_t bytes = 0;
    const auto joins = [&](const Request& next) {
        return batch.empty() || (!next.decision && bytes + next.bytes <= max_commit_bytes);
    };
    while (!queue_.empty() && joins(queue_.front())) {
        bytes += queue_.front().bytes;
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    queued_bytes_ -= bytes;
    lock.unlock();
    room_.notify_all();
    return batch;
}

void ArchiveWriter::serve(std::vector<Request> batch) {
    const auto committed = commit(batch);
    if (!committed) {
        log::error("ingest.failed",
                   {{"error", name_of(committed.error().code)}, {"what", committed.error().text}});
    }
    publish();  // first: who is answered finds what he did wherever he looks
    for (auto& request : batch) {
        request.done.set_value(!committed         ? committed
                               : !request.decided ? request.decided
                               : request.summaries.empty()
                                   ? committed
                                   : catalog_->put_summaries(request.summaries));
    }
}

Status ArchiveWriter::commit(std::span<Request> batch) {
    if (auto settled = settle(); !settled) return settled;
    if (batch.front().decision) batch.front().decided = decide(batch.front());
    Novelty novelty(*catalog_);
    std::vector<Item*> kept;
    std::vector<ledger::Draft> drafts;
    for (auto& request : batch) {
        for (auto& item : request.items) {
            if (!request.decided) break;
            const auto* message = std::get_if<ledger::MessageStored>(&item.content);
            const auto keep = message ? novelty.keep(message->digest)
                                      : novelty.keep(std::get<Fact>(item.content));
            if (!keep) return std::unexpected(keep.error());
            if (!*keep) continue;
            kept.push_back(&item);
            drafts.push_back(
                {item.encoded.kind, item.encoded.body, message ? &item.payload : nullptr});
        }
    }
    if (drafts.empty()) return {};
    const auto now = utc_now();
    auto sequence = number(ledger_.next());
    const auto places = ledger_.append(drafts, now);
    if (!places) return std::unexpected(places.error());
    unapplied_.reserve(kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        auto content = std::visit([](auto& value) { return ledger::Content(std::move(value)); },
                                  kept[i]->content);
        unapplied_.push_back(
            to_committed(Sequence{sequence++}, now, (*places)[i], std::move(content)));
    }
    return settle();
}

// The octets come first, then the facts that may name them.
Status ArchiveWriter::decide(Request& request) {
    auto facts = request.decision(*catalog_);
    if (!facts) return std::unexpected(facts.error());
    for (auto& fact : *facts) {
        auto item = fact_item(std::move(fact));
        if (!item) return std::unexpected(item.error());
        request.items.push_back(std::move(*item));
    }
    return {};
}

// What is durable must come into the catalog before anything after it. Where that fails it is tried
// again with the next commit, and at the latest when the archive is opened.
Status ArchiveWriter::settle() {
    if (unapplied_.empty()) return {};
    if (auto injected = fail_point::reach("catalog.before_apply"); !injected) return injected;
    auto applied = catalog_->apply(unapplied_, ledger_.position());
    if (!applied) return std::unexpected(applied.error());
    unapplied_.clear();
    if (!change_) change_.emplace();
    add(change_->mailboxes, applied->mailboxes);
    add(change_->personal, applied->personal);
    add(change_->subscribers, applied->subscribers);
    change_->notes.insert(change_->notes.end(), applied->notes.begin(), applied->notes.end());
    change_->mailbox_list = change_->mailbox_list || applied->mailbox_list;
    change_->last_message = applied->last_message;
    change_->next = catalog_->next();
    return fail_point::reach("catalog.after_apply");
}

void ArchiveWriter::publish() {
    if (!change_) return;
    const auto change = *std::exchange(change_, std::nullopt);
    std::vector<std::weak_ptr<Subscriber>> subscribers;
    {
        const std::lock_guard lock(subscribers_mutex_);
        subscribers = subscribers_;
    }
    for (const auto& known : subscribers) {
        const auto subscriber = known.lock();
        if (!subscriber) continue;
        const std::lock_guard calling(subscriber->mutex);
        if (subscriber->on_change) subscriber->on_change(change);
    }
}

void ArchiveWriter::sign() {
    next_checkpoint_ = std::chrono::steady_clock::now() + checkpoint_interval_;
    if (!ledger_.has_unsigned()) return;
    if (auto written = ledger_.checkpoint(utc_now()); !written) {
        log::error("checkpoint.failed", {{"what", written.error().text}});
    }
}

}  // namespace mailhold::store
