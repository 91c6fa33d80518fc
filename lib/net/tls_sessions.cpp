#include "net/tls_sessions.hpp"

namespace tunnelkeyd::net {

using std::chrono::steady_clock;

namespace {

constexpr std::size_t most_sessions = 128;
constexpr auto longest_life = std::chrono::hours(1);

int peer_index() {
    static const int index =
        CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

}  // namespace

void tls_sessions::enable(SSL_CTX* context) {
    constexpr long mode = SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL;
    SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, mode, nullptr);
    SSL_CTX_sess_set_new_cb(context, [](SSL* connection, SSL_SESSION* session) {
        const auto* from = static_cast<const peer*>(SSL_get_ex_data(connection, peer_index()));
        if (from && from->offered)
            from->offered();
        if (!from || SSL_SESSION_is_resumable(session) == 0)
            return 0;
        from->sessions->keep(*from, session_ptr(session));
        return 1;  // the reference is ours now
    });
}

void tls_sessions::attach(SSL* connection, peer& to) {
    SSL_set_ex_data(connection, peer_index(), &to);
    if (const auto session = to.sessions->take(to))
        SSL_set_session(connection, session.get());
}

tls_sessions::session_ptr tls_sessions::take(const peer& of) {
    const auto oldest = steady_clock::now() - longest_life;
    while (!entries_.empty() && entries_.front().since < oldest)
        entries_.pop_front();
    for (auto at = entries_.end(); at != entries_.begin();) {
        --at;
        if (at->context != of.context || at->name != of.name)
            continue;
        if (SSL_SESSION_get_protocol_version(at->session.get()) < TLS1_3_VERSION) {
            SSL_SESSION_up_ref(at->session.get());
            return session_ptr(at->session.get());
        }
        auto session = std::move(at->session);
        entries_.erase(at);
        return session;
    }
    return nullptr;
}

void tls_sessions::keep(const peer& of, session_ptr session) {
    entries_.push_back({of.context, of.name, std::move(session), steady_clock::now()});
    if (entries_.size() > most_sessions)
        entries_.pop_front();
}

}  // namespace tunnelkeyd::net
