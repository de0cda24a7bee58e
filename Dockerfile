# Self-hosting in one container: everything `npm start` starts, behind one port.
FROM node:24-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json ./
COPY patches ./patches
RUN npm ci
COPY . .
RUN npm run build && chown -R node:node /app && mkdir -p /data && chown node:node /data
USER node
ENV RUNBOARD_HOME=/data RUNBOARD_HOST=0.0.0.0 RUNBOARD_PORT=4400
VOLUME /data
EXPOSE 4400
CMD ["npm", "start", "--", "--headless"]
