// look_at: a connection that leaves again, and a promise.
#include "imap/client/look.hpp"

#include <future>
#include <utility>

namespace mailhold::imap::client {
namespace {

struct Look {
    Endpoint endpoint;
    std::filesystem::path spool;
    Cancel cancel;
    Manners manners;
    std::promise<Result<Shown>> promise;
};

// `look` is the caller's, who waits for the promise, and then for the executor.
net::awaitable<void> look_around(Look& look, net::Runtime& runtime, WorkerPool& pool) {
    Surroundings with{runtime, pool, look.cancel, look.manners, look.spool};
    auto connection = co_await Connection::reach(look.endpoint, std::move(with));
    Result<Shown> seen;
    if (connection) {
        seen = (*connection)->shown();
        co_await (*connection)->leave();
        connection->reset();
    } else {
        seen = std::unexpected(connection.error());
    }
    look.promise.set_value(std::move(seen));
}

}  // namespace

Result<Shown> look_at(net::Runtime& runtime, WorkerPool& pool, Endpoint endpoint,
                      std::filesystem::path spool) {
    Look look{std::move(endpoint), std::move(spool), {}, {}, {}};
    auto seen = look.promise.get_future();
    runtime.spawn("imap.look", runtime.next_executor(), look_around(look, runtime, pool));
    return seen.get();
}

}  // namespace mailhold::imap::client
