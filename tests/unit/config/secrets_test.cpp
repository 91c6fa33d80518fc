#include "config/secrets.hpp"
#include "support.hpp"

#include <sys/stat.h>

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;
using source = core::secret_reference::source;

namespace {

std::string value_of(const secret_reader& reader, source from, std::string value) {
    const auto result = reader.read({from, std::move(value)});
    if (const auto* error = std::get_if<ports::secret_error>(&result))
        FAIL(error->message);
    return std::string(std::get<core::secret>(result).reveal());
}

std::string error_of(const secret_reader& reader, source from, std::string value) {
    const auto result = reader.read({from, std::move(value)});
    REQUIRE(std::holds_alternative<ports::secret_error>(result));
    return std::get<ports::secret_error>(result).message;
}

}  // namespace

TEST_CASE("a secret is read anew at each use") {
    const scratch files;
    const secret_reader reader(no_environment());
    const auto path = files.write("pat", "first\n");
    CHECK(value_of(reader, source::file, path) == "first");
    files.write("pat", "second");
    CHECK(value_of(reader, source::file, path) == "second");
}

TEST_CASE("one trailing newline is dropped, and nothing else") {
    const scratch files;
    const secret_reader reader(no_environment());
    CHECK(value_of(reader, source::file, files.write("a", "x\r\n")) == "x");
    CHECK(value_of(reader, source::file, files.write("a", " x ")) == " x ");
}

TEST_CASE("a secret of more than one line is refused: no header could carry it") {
    const scratch files;
    const secret_reader reader(no_environment());
    for (const auto& text :
         {std::string("x\n\n"), std::string("x\ny"), std::string("x\r"), std::string("\0b", 2)})
        CHECK(error_of(reader, source::file, files.write("a", text)).find("more than one line") !=
              std::string::npos);
}

TEST_CASE("a file that everybody may read is refused with the remedy") {
    const scratch files;
    const secret_reader reader(no_environment());
    const auto path = files.write("pat", "hunter2");
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    CHECK(error_of(reader, source::file, path) ==
          "file " + path + ": everybody on this machine may read it; run `chmod o-r " + path +
              "` (in a Kubernetes volume: defaultMode: 0440), and consider the secret known");
    std::filesystem::create_symlink("pat", files.path("link"));
    CHECK(error_of(reader, source::file, files.path("link")).find("everybody") != std::string::npos);
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    CHECK(value_of(reader, source::file, path) == "hunter2");
}

TEST_CASE("an absent, empty or overlong secret is an error that does not show it") {
    const scratch files;
    const secret_reader reader(no_environment());
    const auto absent = files.path("absent");
    CHECK(error_of(reader, source::file, absent) == "file " + absent +
                                                        ": cannot be opened: No such file or directory; it "
                                                        "must exist and be readable for the daemon's user");
    const auto empty = files.write("empty", "\n");
    CHECK(error_of(reader, source::file, empty) == "file " + empty + ": empty; write the secret into it");
    CHECK(value_of(reader, source::file, files.write("long", std::string(65'536, 'k'))).size() == 65'536);
    const auto error = error_of(reader, source::file, files.write("long", std::string(65'537, 'k')));
    CHECK(error == "file " + files.path("long") + ": longer than 64 KiB; is it the right one?");
}

TEST_CASE("a FIFO in a secret's place does not block") {
    const scratch files;
    const secret_reader reader(no_environment());
    REQUIRE(::mkfifo(files.path("fifo").c_str(), 0600) == 0);
    CHECK(error_of(reader, source::file, files.path("fifo")).find("Not a regular file") != std::string::npos);
}

TEST_CASE("a credential is a file in $CREDENTIALS_DIRECTORY") {
    const scratch files;
    variables set;
    const secret_reader reader(set.lookup());
    CHECK(error_of(reader, source::credential, "pat") ==
          "credential pat: $CREDENTIALS_DIRECTORY is not set; add `LoadCredential=pat:PATH` to the service, or "
          "refer "
          "to a {file: PATH}");
    set.values["CREDENTIALS_DIRECTORY"] = files.path("");
    files.write("pat", "hunter2\n");
    CHECK(value_of(reader, source::credential, "pat") == "hunter2");
    CHECK(error_of(reader, source::credential, "other").starts_with("credential other: cannot be opened"));
    for (const char* name : {"", ".", "..", "../pat", "/etc/passwd", "a/b"})
        CHECK(error_of(reader, source::credential, name)
                  .ends_with("a credential's name is a file's name, without slashes"));
}

TEST_CASE("a secret may stand in the environment") {
    variables set;
    const secret_reader reader(set.lookup());
    CHECK(error_of(reader, source::env, "PAT") ==
          "environment variable PAT: not set; set it where the daemon is started");
    set.values["PAT"] = "";
    CHECK(error_of(reader, source::env, "PAT") == "environment variable PAT: empty; write the secret into it");
    set.values["PAT"] = "hunter2\n";
    CHECK(value_of(reader, source::env, "PAT") == "hunter2");
    set.values["PAT"] = std::string(65'537, 'k');
    CHECK(error_of(reader, source::env, "PAT").find("kkk") == std::string::npos);
}
