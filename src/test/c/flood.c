/*
 * Sends many requests at one moment to a service on this machine that is busy, and prints how long refusals take. In C and from one
 * thread, because what measures takes its processor time from the same cores as what it measures.
 *
 *   mvn package
 *   java -jar target/altiplano.jar --altiplano.queue.capacity=16 --altiplano.engine.max-sequences=4
 *   target/native-test/flood 8080 [REQUESTS [ROUNDS]]
 *
 * Long requests, sent again as soon as they end, keep the queue full. Beside them come rounds of requests, on connections that are
 * open (established) and with connecting counted in (connecting), and then one request every two milliseconds (paced). /metrics
 * is read all the while. Times are from sending, or from connecting, to the first byte of the answer.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KEEPERS = 28, AGAIN_MS = 20, PACED_MS = 2, METRICS_MS = 20, REST_MS = 500, PATIENCE_MS = 60000, STATUSES = 600, MOST = 8192 };

static const char *const SHORT = "{\"prompt\":\"Once\",\"max_tokens\":8}";
static const char *const LONG = "{\"prompt\":\"Once\",\"max_tokens\":400,\"n\":16,\"ignore_eos\":true}";

struct exchange {
    int socket, sent, status;
    double begun_ms, took_ms;
};

static struct sockaddr_in service;
static atomic_int over;

static void require(int holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(1);
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * t.tv_sec + 1e-6 * t.tv_nsec;
}

static void rest(int ms) { usleep(1000 * (useconds_t) ms); }

static int new_socket(int flags) {
    int one = 1, s = socket(AF_INET, SOCK_STREAM | flags, 0);
    require(s >= 0, "socket");
    require(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "setsockopt");
    return s;
}

static int connected(void) {
    int s = new_socket(0);
    require(connect(s, (struct sockaddr *) &service, sizeof service) == 0, "connect");
    return s;
}

static size_t completion(char *to, size_t size, const char *connection, const char *body) {
    int n = snprintf(to, size, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nConnection: %s\r\n"
                               "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     connection, strlen(body), body);
    return (size_t) n;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/* Percentiles of the times of answers that are as expected, and how many there were of each status; 0 stands for none. */
static void print(const char *name, int expected, const struct exchange *exchanges, int count) {
    static double times[MOST];
    int statuses[STATUSES] = {0}, n = 0;
    for (int i = 0; i < count; i++) {
        statuses[exchanges[i].status]++;
        if (exchanges[i].status == expected) times[n++] = exchanges[i].took_ms;
    }
    qsort(times, (size_t) n, sizeof *times, ascending);
    printf("%-12s", name);
    if (n > 0) printf(" p50 %6.1f  p99 %6.1f  max %6.1f ms ", times[n / 2], times[(n * 99 + 99) / 100 - 1], times[n - 1]);
    for (int status = 0; status < STATUSES; status++) {
        if (statuses[status]) printf(" %d: %d", status, statuses[status]);
    }
    printf("\n");
    fflush(stdout);
}

static void answered(struct exchange *e, const char *head) {
    e->took_ms = now_ms() - e->begun_ms;
    e->status = atoi(head + strlen("HTTP/1.1 "));
    require(e->status > 0 && e->status < STATUSES, "an answer without a status");
}

/* Sends a request on a connection of its own and reads all of the answer. */
static void ask(const char *request, size_t length, struct exchange *e) {
    static __thread char answer[65536];
    *e = (struct exchange) {.begun_ms = now_ms()};
    e->socket = connected();
    require(write(e->socket, request, length) == (ssize_t) length, "write");
    ssize_t n = read(e->socket, answer, sizeof answer - 1);
    if (n > 0) answered(e, answer);
    while (n > 0) n = read(e->socket, answer, sizeof answer - 1);
    close(e->socket);
}

/* Keeps a long request going, or asks again and again for one. */
static void *keep(void *unused) {
    char request[512];
    size_t length = completion(request, sizeof request, "close", LONG);
    struct exchange e;
    for (;;) {
        ask(request, length, &e);
        if (e.status == 429) rest(AGAIN_MS);
    }
    return unused;
}

static struct exchange scrapes[MOST];
static int scraped;

static void *scrape(void *unused) {
    const char *request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    for (; !over && scraped < MOST; scraped++) {
        ask(request, strlen(request), &scrapes[scraped]);
        rest(METRICS_MS);
    }
    return unused;
}

static void flood(int fresh, struct exchange *all, int count) {
    char request[512], answer[65536];
    size_t length = completion(request, sizeof request, "keep-alive", SHORT);
    int epoll = epoll_create1(0), left = count;
    require(epoll >= 0, "epoll_create1");
    for (int i = 0; i < count; i++) {
        all[i] = (struct exchange) {fresh ? new_socket(SOCK_NONBLOCK) : connected(), 0, 0, 0, 0};
    }
    if (!fresh) rest(REST_MS);
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLET, {.u32 = (uint32_t) i}};
        all[i].begun_ms = now_ms();
        if (fresh) {
            int done = connect(all[i].socket, (struct sockaddr *) &service, sizeof service);
            require(done == 0 || errno == EINPROGRESS, "connect");
        }
        require(epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].socket, &event) == 0, "epoll_ctl");
        if (!fresh) {
            all[i].sent = 1;
            require(write(all[i].socket, request, length) == (ssize_t) length, "write");
        }
    }
    while (left > 0) {
        struct epoll_event events[64];
        int n = epoll_wait(epoll, events, 64, PATIENCE_MS);
        if (n == 0) break;
        for (int i = 0; i < n; i++) {
            struct exchange *e = &all[events[i].data.u32];
            if (!e->sent && (events[i].events & EPOLLOUT)) {
                e->sent = 1;
                require(write(e->socket, request, length) == (ssize_t) length, "write");
            }
            if (e->status == 0 && (events[i].events & EPOLLIN)) {
                ssize_t bytes = read(e->socket, answer, sizeof answer - 1);
                if (bytes > 0) answered(e, answer), left--;
            }
        }
    }
    for (int i = 0; i < count; i++) close(all[i].socket);
    close(epoll);
    print(fresh ? "connecting" : "established", 429, all, count);
    rest(REST_MS);
}

int main(int arguments, char **values) {
    int count = arguments > 2 ? atoi(values[2]) : 500, rounds = arguments > 3 ? atoi(values[3]) : 3;
    if (arguments < 2 || count < 1 || count > MOST || rounds < 1) {
        fprintf(stderr, "flood PORT [REQUESTS [ROUNDS]]: at most %d requests\n", MOST);
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    service = (struct sockaddr_in) {.sin_family = AF_INET, .sin_port = htons((uint16_t) atoi(values[1])),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    pthread_t keeper, scraper;
    for (int i = 0; i < KEEPERS; i++) require(pthread_create(&keeper, NULL, keep, NULL) == 0, "pthread_create");
    rest(REST_MS);
    require(pthread_create(&scraper, NULL, scrape, NULL) == 0, "pthread_create");
    static struct exchange all[MOST];
    for (int round = 0; round < rounds; round++) {
        flood(0, all, count);
        flood(1, all, count);
    }
    char request[512];
    size_t length = completion(request, sizeof request, "close", SHORT);
    for (int i = 0; i < count; i++) {
        ask(request, length, &all[i]);
        rest(PACED_MS);
    }
    print("paced", 429, all, count);
    over = 1;
    pthread_join(scraper, NULL);
    print("/metrics", 200, scrapes, scraped);
    return 0; /* which ends the keepers */
}
