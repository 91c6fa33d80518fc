#include "net/http_client.hpp"

#include "net/idle_connections.hpp"
#include "net/tls_contexts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <unordered_set>

namespace tunnelkeyd::net {

namespace asio = boost::asio;
using std::chrono::steady_clock;

struct http_client::shared_state {
    shared_state(asio::io_context& io, const ports::secrets& readable, client_options with)
        : loop(io),
          secrets(readable),
          options(std::move(with)),
          contexts(secrets),
          idle(std::make_shared<idle_connections>(io, options)) {}

    /// How a coroutine ends: its result is handed on, unless the client has ended before.
    template <class Result>
    static auto hand_to(std::shared_ptr<shared_state> client, std::function<void(Result)> done) {
        return [client = std::move(client), done = std::move(done)](std::exception_ptr failure, Result result) {
            if (client->stopped)
                return;
            if (failure)
                std::rethrow_exception(failure);
            done(std::move(result));
        };
    }

    asio::io_context& loop;
    const ports::secrets& secrets;
    client_options options;
    tls_contexts contexts;
    std::shared_ptr<tls_sessions> sessions = std::make_shared<tls_sessions>();
    std::shared_ptr<idle_connections> idle;
    std::unordered_set<std::shared_ptr<connection>> busy;
    bool stopped = false;
};

struct http_client::job {
    endpoint to;
    wiping_string request;
    core::timeouts limits;
    use_of_connection use;
};

namespace {

/// The environment never changes, so that it need not be looked at.
std::string key_of(const core::proxy_settings& by) {
    if (by.from != core::proxy_settings::source::configuration)
        return by.from == core::proxy_settings::source::none ? "direct" : "environment";
    return by.url.authority() + "\n" + by.username + "\n" + (by.password ? core::describe(*by.password) : "");
}

/// What a connection may serve. A context stands for all TLS settings but the name, and for what their files
/// held when it was made: who was shown one client certificate does not serve its successor.
std::string key_of(const endpoint& to, const tls_contexts::result& tls) {
    std::string key = to.url.text();
    // Neither a URL nor a host name contains a line break. The connection keeps its context, and so the address
    // its own.
    if (tls.context)
        key.append("\n")
            .append(to.tls.server_name)
            .append("\n")
            .append(std::to_string(reinterpret_cast<std::uintptr_t>(tls.context.get())))
            .append("\n")
            .append(key_of(to.proxy));
    return key;
}

/// Lists a connection as busy for as long as the coroutine that uses it lives, and no longer.
class busy_guard {
public:
    using connections = std::unordered_set<std::shared_ptr<connection>>;

    busy_guard(connections& among, std::shared_ptr<connection> used) : among_(among), used_(std::move(used)) {
        among_.insert(used_);
    }
    ~busy_guard() { among_.erase(used_); }
    busy_guard(const busy_guard&) = delete;
    busy_guard& operator=(const busy_guard&) = delete;

private:
    connections& among_;
    std::shared_ptr<connection> used_;
};

/// Since something of our own cannot be used.
core::exchange nothing(std::string problem) {
    core::exchange result;
    result.hindrance = core::hindrance::own;
    result.problem = std::move(problem);
    return result;
}

}  // namespace

http_client::http_client(asio::io_context& loop, const ports::secrets& secrets, client_options options)
    : state_(std::make_shared<shared_state>(loop, secrets, std::move(options))) {
}

http_client::~http_client() {
    stop();
}

void http_client::stop() {
    state_->stopped = true;
    state_->idle->clear();
    for (const auto& one : state_->busy)
        one->abort();
}

void http_client::send(endpoint to, request_text request, core::timeouts limits, ports::exchange_handler done,
                       use_of_connection use) {
    if (state_->stopped)
        return;
    if (!request.problem.empty()) {
        auto refuse = [client = state_, problem = std::move(request.problem), done = std::move(done)] {
            if (!client->stopped)
                done(nothing(problem));
        };
        asio::post(state_->loop, std::move(refuse));
        return;
    }
    job work{std::move(to), std::move(request.bytes), limits, use};
    auto finish = shared_state::hand_to(state_, std::move(done));
    asio::co_spawn(state_->loop, run(state_, std::move(work)), std::move(finish));
}

void http_client::examine(endpoint to, core::duration limit, ports::way_handler done) {
    if (state_->stopped)
        return;
    auto finish = shared_state::hand_to(state_, std::move(done));
    asio::co_spawn(state_->loop, walk(state_, std::move(to), limit), std::move(finish));
}

std::string http_client::missing_secret(const endpoint& to) const {
    auto problem = find_hop(to, state_->secrets).problem;
    if (!problem.empty() || !to.url.is_https())
        return problem;
    problem = state_->contexts.try_anew(to.tls).text();
    return problem.empty() ? "" : std::string(to.side) + ": " + problem;
}

asio::awaitable<core::exchange> http_client::run(std::shared_ptr<shared_state> client, job work) {
    const auto began = steady_clock::now();
    core::exchange result;
    try {
        result = co_await carry_out(std::move(client), std::move(work));
    } catch (const std::exception& error) {
        // Out of memory or of descriptors. Whether a byte had left is no longer known.
        result.reached = core::reached::interrupted;
        result.problem = std::string("the request failed: ") + error.what();
    }
    result.took = std::chrono::floor<core::duration>(steady_clock::now() - began);
    co_return result;
}

asio::awaitable<core::exchange> http_client::carry_out(std::shared_ptr<shared_state> client, job work) {
    if (client->stopped)
        co_return nothing("stopped");
    tls_contexts::result tls;
    if (work.to.url.is_https())
        tls = client->contexts.get(work.to.tls);
    if (!tls.failure.problem.empty())
        co_return nothing(tls.failure.text());
    auto key = key_of(work.to, tls);
    const bool keeps = work.use == use_of_connection::kept;
    auto used = keeps ? client->idle->take(key) : nullptr;
    const bool is_new = !used;
    if (is_new)
        used = std::make_shared<connection>(client->loop, work.to, client->options.name_servers);
    const busy_guard busy(client->busy, used);
    if (is_new) {
        auto hop = find_hop(work.to, client->secrets);
        if (!hop.problem.empty())
            co_return nothing(std::move(hop.problem));
        used->go_through(std::move(hop));
        auto opened = co_await used->open(std::move(tls.context), client->sessions, work.limits.connect);
        if (!opened.problem.empty())
            co_return opened;
    }
    auto result = co_await used->exchange(std::move(work.request), work.limits.request);
    if (keeps && used->is_reusable())
        client->idle->put(std::move(key), std::move(used));
    else if (result.reached == core::reached::reply)
        used->close();
    else if (!is_new && !result.timed_out)
        client->idle->distrust(std::move(key));
    co_return result;
}

asio::awaitable<core::way> http_client::walk(std::shared_ptr<shared_state> client, endpoint to,
                                             core::duration limit) {
    core::way found;
    if (client->stopped)
        co_return found;
    try {
        const auto opened = std::make_shared<connection>(client->loop, to, client->options.name_servers);
        const busy_guard busy(client->busy, opened);
        tls_contexts::result tls;
        if (to.url.is_https())
            tls.failure = client->contexts.try_anew(to.tls);
        if (to.url.is_https() && tls.failure.problem.empty())
            tls = client->contexts.get(to.tls);
        opened->go_through(find_hop(to, client->secrets));
        found = co_await opened->examine(std::move(tls), limit);
    } catch (const std::exception& error) {
        // Out of memory or of descriptors.
        found.problem = std::string("the examination failed: ") + error.what();
    }
    found.to = std::move(to.url);
    co_return found;
}

}  // namespace tunnelkeyd::net
