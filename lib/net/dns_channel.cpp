#include "net/dns_channel.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>

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

/// Called by c-ares, exactly once for each question.
void answered(void* handler, int status, int, ares_addrinfo* found) {
    const std::unique_ptr<dns_channel::answer_handler> done(static_cast<dns_channel::answer_handler*>(handler));
    dns_channel::addresses addresses;
    for (auto* node = found ? found->nodes : nullptr; node && addresses.size() < most_addresses;
         node = node->ai_next)
        addresses.push_back(to_address(node->ai_addr));
    if (found)
        ares_freeaddrinfo(found);
    if (status == ARES_SUCCESS && addresses.empty())
        status = ARES_ENODATA;
    (*done)(status, std::move(addresses));
}

void ask_for(ares_channel channel, const std::string& name, int family, dns_channel::answer_handler done) {
    ares_addrinfo_hints hints{};
    hints.ai_family = family;
    auto handler = std::make_unique<dns_channel::answer_handler>(std::move(done));
    ares_getaddrinfo(channel, name.c_str(), nullptr, &hints, answered, handler.release());
}

int open_channel(ares_channel* channel, char* lookups, ares_options options, int which) {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    if (library != ARES_SUCCESS)
        return library;
    options.lookups = lookups;
    return ares_init_options(channel, &options, which | ARES_OPT_LOOKUPS);
}

/// c-ares 1.18 does not know resolv.conf's "timeout" and "attempts"; the C library does. It keeps a timeout of
/// zero, or less, and waits for a second then (glibc's res_send.c). With no attempts it would ask nobody; here
/// each server is asked once. Returns which it has set.
int set_patience(ares_options& options, std::chrono::steady_clock::duration limit) {
    struct __res_state resolv {};
    if (res_ninit(&resolv) != 0)
        return 0;
    const std::chrono::steady_clock::duration said = std::chrono::seconds(std::max(resolv.retrans, 1));
    const auto wait = std::min(said, limit / (std::max(resolv.nscount, 1) + 1));
    options.timeout = std::max(static_cast<int>(wait / std::chrono::milliseconds(1)), 1);
    options.tries = std::max(resolv.retry, 1);
    res_nclose(&resolv);
    return ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
}

}  // namespace

struct dns_channel::watcher {
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

dns_channel::dns_channel(asio::io_context& loop) : loop_(loop), retry_(loop) {
}

dns_channel::~dns_channel() {
    close();
}

std::string dns_channel::open(const std::string& servers, std::chrono::steady_clock::duration limit) {
    char servers_only[] = "b";
    ares_options options{};
    const int patience = set_patience(options, limit);
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int read, int write) {
        static_cast<dns_channel*>(self)->watch(socket, read != 0, write != 0);
    };
    auto status = open_channel(&channel_, servers_only, options, patience | ARES_OPT_SOCK_STATE_CB);
    if (status == ARES_SUCCESS && !servers.empty())
        status = ares_set_servers_ports_csv(channel_, servers.c_str());
    return status == ARES_SUCCESS ? "" : ares_strerror(status);
}

void dns_channel::ask(const std::string& name, int family, answer_handler done) {
    auto unless_closed = [this, done = std::move(done)](int status, addresses found) {
        if (channel_)
            done(status, std::move(found));
    };
    ask_for(channel_, name, family, std::move(unless_closed));
    wait();
}

void dns_channel::close() {
    retry_.cancel();
    // c-ares answers what it has not answered yet when its channel goes.
    if (auto* const channel = std::exchange(channel_, nullptr))
        ares_destroy(channel);
}

std::vector<std::string> dns_channel::search(const std::string& name) const {
    std::vector<std::string> names;
    if (name.ends_with('.'))
        return {name};
    ares_options options{};
    int which = 0;
    if (ares_save_options(channel_, &options, &which) == ARES_SUCCESS) {
        for (int i = 0; i < options.ndomains; ++i)
            names.push_back(name + "." + options.domains[i] + ".");
        const auto dots = std::count(name.begin(), name.end(), '.');
        names.insert(dots >= options.ndots ? names.begin() : names.end(), name + ".");
        ares_destroy_options(&options);
    }
    return names;
}

std::string dns_channel::servers() const {
    ares_addr_port_node* all = nullptr;
    if (ares_get_servers_ports(channel_, &all) != ARES_SUCCESS || !all)
        return "the name servers";
    std::string text = all->next ? "name servers " : "name server ";
    for (const auto* each = all; each; each = each->next) {
        char name[INET6_ADDRSTRLEN];
        if (each != all)
            text += ", ";
        if (ares_inet_ntop(each->family, &each->addr, name, sizeof name))
            text += name;
    }
    ares_free_data(all);
    return text;
}

void dns_channel::process(ares_socket_t readable, ares_socket_t writable) {
    ares_process_fd(channel_, readable, writable);
    wait();
}

void dns_channel::watch(int socket, bool read, bool write) {
    if (!read && !write) {
        if (const auto found = watchers_.find(socket); found != watchers_.end()) {
            found->second->forget();  // now, and not when the handler that led here lets go of it
            watchers_.erase(found);
        }
        return;
    }
    auto& on = watchers_[socket];
    if (!on)
        on = std::make_shared<watcher>(loop_, socket);
    on->wants_read = read;
    on->wants_write = write;
}

void dns_channel::wait() {
    for (const auto& [socket, on] : watchers_) {
        if (on->wants_read && !on->reading)
            wait_for(socket, on, false);
        if (on->wants_write && !on->writing)
            wait_for(socket, on, true);
    }
    timeval space{};
    const auto* next = ares_timeout(channel_, nullptr, &space);
    if (!next)
        return;
    retry_.expires_after(std::chrono::seconds(next->tv_sec) + std::chrono::microseconds(next->tv_usec));
    retry_.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (self && !error && self->channel_)
            self->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    });
}

void dns_channel::wait_for(int socket, const std::shared_ptr<watcher>& on, bool write) {
    (write ? on->writing : on->reading) = true;
    const auto kind =
        write ? asio::posix::stream_descriptor::wait_write : asio::posix::stream_descriptor::wait_read;
    auto ready = [weak = weak_from_this(), socket, watched = std::weak_ptr(on), write](error_code error) {
        const auto self = weak.lock();
        const auto still = watched.lock();
        if (!self || !still || error || !self->channel_)
            return;
        (write ? still->writing : still->reading) = false;
        self->process(write ? ARES_SOCKET_BAD : socket, write ? socket : ARES_SOCKET_BAD);
    };
    on->descriptor.async_wait(kind, std::move(ready));
}

dns_channel::addresses look_into_hosts_file(const std::string& name) {
    char file_only[] = "f";
    ares_channel channel = nullptr;
    dns_channel::addresses addresses;
    if (open_channel(&channel, file_only, {}, 0) != ARES_SUCCESS)
        return addresses;
    auto keep = [&addresses](int, dns_channel::addresses found) { addresses = std::move(found); };
    ask_for(channel, name, AF_UNSPEC, keep);  // answered before it returns: a file has no waiting
    ares_destroy(channel);
    return addresses;
}

}  // namespace tunnelkeyd::net
