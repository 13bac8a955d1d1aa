# Gatehouse. Every setting is a variable of the environment: docs/configuration.md.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY tools tools
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    GATEHOUSE_LISTEN=0.0.0.0:8790 \
    GATEHOUSE_DYNSEC_FILE=/data/dynamic-security.json
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY bin bin
COPY templates templates
COPY deploy/healthcheck.mjs ./
# Without Redis the realm is a file there; with it nothing has to be written anywhere.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8790
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/healthcheck.mjs", "live"]
ENTRYPOINT ["node", "/app/bin/gatehouse.mjs"]
CMD ["serve"]
