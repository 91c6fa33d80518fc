#include "net/name_lookup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <ares.h>
#include <netinet/in.h>

#include <map>

namespace tunnelkeyd::net {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t most_addresses = 8;

asio::ip::address to_address(const sockaddr* from) {
    if (from->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(from);
        return asio::ip::address_v4(ntohl(v4->sin_addr.s_addr));
    }
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(from);
    asio::ip::address_v6::bytes_type bytes;
    std::copy(std::begin(v6->sin6_addr.s6_addr), std::end(v6->sin6_addr.s6_addr), bytes.begin());
    return asio::ip::address_v6(bytes, v6->sin6_scope_id);
}

}  // namespace

/// c-ares's channel and what it waits for. c-ares owns its sockets: they are only watched here.
struct name_lookup::query : std::enable_shared_from_this<query> {
    struct watcher {
        watcher(asio::io_context& loop, int socket) : descriptor(loop) {
            // Not by exception, since this is called by C. A socket that cannot be watched is one that never
            // answers.
            error_code ignored;
            descriptor.assign(socket, ignored);
        }
        ~watcher() { forget(); }

        /// Before c-ares closes the socket: its number may be another one's at once.
        void forget() {
            if (descriptor.is_open())
                descriptor.release();
        }

        asio::posix::stream_descriptor descriptor;
        bool wants_read = false;
        bool wants_write = false;
        bool reading = false;
        bool writing = false;
    };

    explicit query(asio::io_context& io) : loop(io), retry(io), finished(io) {}

    std::string open(const std::string& servers);
    void start(const std::string& name);
    void answer(int status, ares_addrinfo* found);
    void process(ares_socket_t readable, ares_socket_t writable);
    void watch(int socket, bool read, bool write);
    void wait();
    void wait_for(int socket, const std::shared_ptr<watcher>& on, bool write);

    asio::io_context& loop;
    ares_channel channel = nullptr;
    std::map<int, std::shared_ptr<watcher>> watchers;
    asio::steady_timer retry;     ///< when c-ares sends its question again
    asio::steady_timer finished;  ///< cancelled by the answer
    bool closing = false;
    std::vector<asio::ip::address> addresses;
    std::string problem;
};

std::string name_lookup::query::open(const std::string& servers) {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    ares_options options{};
    char hosts_file_then_servers[] = "fb";
    options.lookups = hosts_file_then_servers;
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int read, int write) {
        static_cast<query*>(self)->watch(socket, read != 0, write != 0);
    };
    auto status = library;
    if (status == ARES_SUCCESS)
        status = ares_init_options(&channel, &options, ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB);
    if (status == ARES_SUCCESS && !servers.empty())
        status = ares_set_servers_ports_csv(channel, servers.c_str());
    return status == ARES_SUCCESS ? "" : ares_strerror(status);
}

void name_lookup::query::start(const std::string& name) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    const auto answered = [](void* self, int status, int, ares_addrinfo* found) {
        static_cast<query*>(self)->answer(status, found);
    };
    ares_getaddrinfo(channel, name.c_str(), nullptr, &hints, answered, this);
    wait();
}

void name_lookup::query::answer(int status, ares_addrinfo* found) {
    if (closing)
        return;
    if (status == ARES_SUCCESS)
        for (auto* node = found->nodes; node && addresses.size() < most_addresses; node = node->ai_next)
            addresses.push_back(to_address(node->ai_addr));
    if (addresses.empty())
        problem = status == ARES_SUCCESS ? "it has no address" : ares_strerror(status);
    if (found)
        ares_freeaddrinfo(found);
    finished.cancel();
}

void name_lookup::query::process(ares_socket_t readable, ares_socket_t writable) {
    ares_process_fd(channel, readable, writable);
    wait();
}

void name_lookup::query::watch(int socket, bool read, bool write) {
    if (!read && !write) {
        if (const auto found = watchers.find(socket); found != watchers.end()) {
            found->second->forget();  // now, and not when the handler that led here lets go of it
            watchers.erase(found);
        }
        return;
    }
    auto& on = watchers[socket];
    if (!on)
        on = std::make_shared<watcher>(loop, socket);
    on->wants_read = read;
    on->wants_write = write;
}

void name_lookup::query::wait() {
    for (const auto& [socket, on] : watchers) {
        if (on->wants_read && !on->reading)
            wait_for(socket, on, false);
        if (on->wants_write && !on->writing)
            wait_for(socket, on, true);
    }
    timeval space{};
    const auto* next = ares_timeout(channel, nullptr, &space);
    if (!next)
        return;
    retry.expires_after(std::chrono::seconds(next->tv_sec) + std::chrono::microseconds(next->tv_usec));
    retry.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (self && !error && !self->closing)
            self->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    });
}

void name_lookup::query::wait_for(int socket, const std::shared_ptr<watcher>& on, bool write) {
    (write ? on->writing : on->reading) = true;
    const auto kind =
        write ? asio::posix::stream_descriptor::wait_write : asio::posix::stream_descriptor::wait_read;
    auto ready = [weak = weak_from_this(), socket, watched = std::weak_ptr(on), write](error_code error) {
        const auto self = weak.lock();
        const auto still = watched.lock();
        if (!self || !still || error || self->closing)
            return;
        (write ? still->writing : still->reading) = false;
        self->process(write ? ARES_SOCKET_BAD : socket, write ? socket : ARES_SOCKET_BAD);
    };
    on->descriptor.async_wait(kind, std::move(ready));
}

name_lookup::name_lookup(asio::io_context& loop, const std::string& servers)
    : query_(std::make_shared<query>(loop)) {
    query_->problem = query_->open(servers);
}

name_lookup::~name_lookup() {
    // c-ares answers what it has not answered yet when its channel goes.
    query_->closing = true;
    if (query_->channel)
        ares_destroy(query_->channel);
    cancel();
}

asio::awaitable<void> name_lookup::run(std::string name, std::chrono::steady_clock::time_point deadline) {
    const auto waiting_for = query_;
    if (!waiting_for->problem.empty())
        co_return;
    if (name == "localhost" || name.ends_with(".localhost")) {
        // RFC 6761, section 6.3; a minimal system has no /etc/hosts that would say so.
        waiting_for->addresses = {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
        co_return;
    }
    waiting_for->finished.expires_at(deadline);
    waiting_for->start(name);
    if (waiting_for->addresses.empty() && waiting_for->problem.empty())
        co_await waiting_for->finished.async_wait(asio::as_tuple(asio::use_awaitable));
}

void name_lookup::cancel() {
    query_->retry.cancel();
    query_->finished.cancel();
}

const std::vector<asio::ip::address>& name_lookup::addresses() const noexcept {
    return query_->addresses;
}

const std::string& name_lookup::problem() const noexcept {
    return query_->problem;
}

}  // namespace tunnelkeyd::net
